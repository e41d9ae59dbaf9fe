import { Seeds } from "@perennial/testing";
import { describe, expect, test } from "vitest";
import { restartableServers, startRestartable } from "./restartable.ts";
import { faultsOf, type TortureOptions, torture } from "./run.ts";

/** Seeds per server. */
const seeds = new Seeds(8);
/** Seeds run at once: a run mostly waits. */
const LANES = 4;
const SEED_TIMEOUT_MS = 60_000;

/** Runs one seed, checks what each reader saw, and returns how often each fault happened. */
async function runSeed(name: string, seed: number): Promise<Readonly<Record<string, number>>> {
  const server = await startRestartable(name);
  try {
    const restarts = name === "@perennial/server" ? 2 : 0;
    const options: TortureOptions = { seed, producers: 20, readers: 20, messages: 12, restarts };
    const { seen, faults } = await torture(server, options);
    for (const messages of seen)
      expect({ seed, wrong: faultsOf(messages, options) }).toEqual({ seed, wrong: [] });
    return faults;
  } finally {
    await server.stop();
  }
}

describe.each(restartableServers)(
  "a network that cuts, delays, truncates, resets and falls silent, and %s",
  (name) => {
    const title = `every reader gets every message once and in order, for ${seeds}`;
    test(title, { timeout: SEED_TIMEOUT_MS * seeds.count }, async () => {
      const faults: Record<string, number> = {};
      const waiting = [...seeds];
      const lane = async () => {
        for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
          for (const [fault, count] of Object.entries(await runSeed(name, seed))) {
            faults[fault] = (faults[fault] ?? 0) + count;
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      for (const fault of ["refuse", "reset", "truncate", "delay", "silence", "stall"])
        expect(faults[fault]).toBeGreaterThan(0);
    });

    const held = "a proxy that holds event streams back costs time, and no message";
    test(held, { timeout: SEED_TIMEOUT_MS }, async () => {
      const server = await startRestartable(name);
      try {
        const options = {
          seed: 7,
          producers: 4,
          readers: 6,
          messages: 10,
          restarts: 0,
          buffersEventStreams: true,
        };
        const { seen } = await torture(server, options);
        for (const messages of seen) expect(faultsOf(messages, options)).toEqual([]);
      } finally {
        await server.stop();
      }
    });
  },
);

test("the check of this test sees a lost, a doubled and a misplaced message", () => {
  const options: TortureOptions = { seed: 0, producers: 1, readers: 1, messages: 3, restarts: 0 };
  const seen = (...numbers: number[]) => numbers.map((n) => ({ producer: 0, n }));
  expect(faultsOf(seen(0, 1, 2), options)).toEqual([]);
  for (const wrong of [seen(0, 1), seen(0, 2), seen(0, 1, 1, 2), seen(1, 0, 2)]) {
    expect(faultsOf(wrong, options)).not.toEqual([]);
  }
});
