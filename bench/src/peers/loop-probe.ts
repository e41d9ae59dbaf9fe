import { writeFileSync } from "node:fs";
import type { LoopSample } from "../measure/server-trace.ts";
import { loopProbeVariable } from "./node-process.ts";

/**
 * Loaded into a measured Node process by `--import`: notes every ten milliseconds how late the event loop is, and
 * writes that down when the process ends. A hundred timers a second are nothing to a busy server; one with fifty events a
 * second and one reader spends a tenth of its time on them.
 */
const INTERVAL_MILLISECONDS = 10;
const SAMPLES_MAX = 100_000;

const file = process.env[loopProbeVariable];
if (file !== undefined) {
  const samples: LoopSample[] = [];
  let dueAt = performance.now() + INTERVAL_MILLISECONDS;
  const timer = setInterval(() => {
    const now = performance.now();
    if (samples.length < SAMPLES_MAX) {
      samples.push({ at: performance.timeOrigin + now, delay: Math.max(now - dueAt, 0) });
    }
    dueAt = now + INTERVAL_MILLISECONDS;
  }, INTERVAL_MILLISECONDS);
  timer.unref();
  process.once("exit", () => writeFileSync(file, JSON.stringify(samples)));
}
