import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository } from "../paths.ts";

/** Flags that make a Node process note how late its event loop is (see loop-probe.ts). */
export const loopProbe: readonly string[] = [
  "--import",
  pathToFileURL(join(repository, "bench", "dist", "peers", "loop-probe.js")).href,
];

/** The variable that tells the probe where to write. */
export const loopProbeVariable = "BENCH_LOOP_PROBE";
