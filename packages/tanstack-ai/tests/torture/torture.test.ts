import { createServer } from "@perennial/server";
import { Seeds } from "@perennial/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { torture } from "./run.ts";

const seeds = new Seeds(4);
const SEED_TIMEOUT_MS = 60_000;
/** Seeds run at once: a run mostly waits. */
const LANES = 4;

const server = createServer({ port: 0, longPollTimeoutMs: 300, sseHeartbeatMs: 200, drainMs: 0 });
beforeAll(() => server.start());
afterAll(() => server.stop());

const title = `every chunk is stored once and seen once, in order, through a network that cuts, delays and repeats, for ${seeds}`;
test(title, { timeout: SEED_TIMEOUT_MS * seeds.count }, async () => {
  const faults: Record<string, number> = {};
  await seeds.play(async (seed) => {
    const run = await torture(server.url, seed);
    for (const { who, seen, wanted } of run.seen) expect({ who, seen }).toEqual({ who, seen: wanted });
    for (const [fault, count] of Object.entries(run.faults)) faults[fault] = (faults[fault] ?? 0) + count;
  }, LANES);
  for (const fault of ["refuse", "reset", "truncate", "delay"]) expect(faults[fault]).toBeGreaterThan(0);
});
