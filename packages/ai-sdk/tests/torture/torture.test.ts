import { createServer } from "@perennial/server";
import { Seeds } from "@perennial/testing";
import type { UIMessageChunk } from "ai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isExact, torture } from "./run.ts";

const seeds = new Seeds(4);
/** Seeds run at once: a run mostly waits. */
const LANES = 4;
const SEED_TIMEOUT_MS = 60_000;

const server = createServer({ port: 0, longPollTimeoutMs: 300, sseHeartbeatMs: 200, drainMs: 0 });
beforeAll(() => server.start());
afterAll(() => server.stop());

const title = `every page ends with the exact chunks, through a network that cuts, delays and repeats, for ${seeds}`;
test(title, { timeout: SEED_TIMEOUT_MS * seeds.count }, async () => {
  const faults: Record<string, number> = {};
  await seeds.play(async (seed) => {
    const run = await torture(server.url, seed);
    const wrong = run.readings.filter((reading) => !isExact(reading));
    expect({ problems: run.problems, wrong }).toEqual({ problems: [], wrong: [] });
    for (const [fault, count] of Object.entries(run.faults)) faults[fault] = (faults[fault] ?? 0) + count;
  }, LANES);
  for (const fault of ["refuse", "reset", "truncate", "delay"]) expect(faults[fault]).toBeGreaterThan(0);
});

test("the check of this test sees a lost, a doubled and a misplaced chunk", () => {
  const word = (delta: string): UIMessageChunk => ({ type: "text-delta", id: "t", delta });
  const stored = [word("a"), word("b"), word("c")];
  const seen = (chunks: UIMessageChunk[]) => isExact({ name: "r", seen: chunks, stored });
  expect(seen([word("ab"), word("c")])).toBe(true);
  expect(seen([word("a"), word("c")])).toBe(false);
  expect(seen([word("a"), word("b"), word("b"), word("c")])).toBe(false);
  expect(seen([word("b"), word("a"), word("c")])).toBe(false);
});
