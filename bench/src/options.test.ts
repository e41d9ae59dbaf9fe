import { expect, test } from "vitest";
import { defaults, parseOptions } from "./options.ts";

test("without parameters, the small default run", () => {
  const options = parseOptions([]);
  expect(options.workloads).toEqual(["append-1000", "append-rate"]);
  expect(options.peers).toEqual(["ours-memory", "ours-durable", "reference-memory"]);
  expect([options.rounds, options.seconds]).toEqual([5, 4]);
});

test("workloads are positional, flags are read", () => {
  const flags = [
    "read-1k",
    "--peers",
    "a,b",
    "append-1",
    "--rounds",
    "3",
    "--seconds",
    "0.5",
    "--connections",
    "8,16",
  ];
  const options = parseOptions(flags);
  expect(options.workloads).toEqual(["read-1k", "append-1"]);
  expect(options.peers).toEqual(["a", "b"]);
  expect([options.rounds, options.seconds]).toEqual([3, 0.5]);
  expect(options.connections).toEqual([8, 16]);
});

test("--quick gives way to what is said beside it", () => {
  expect(parseOptions(["--quick"]).rounds).toBe(defaults.quick.rounds);
  expect(parseOptions(["--quick", "--rounds", "7"]).rounds).toBe(7);
});

test.each([
  [["--rounds", "0"], "--rounds"],
  [["--rounds", "1.5"], "--rounds"],
  [["--seconds", "soon"], "--seconds"],
  [["--connections", "64,x"], "--connections"],
  [["--generator", "ab"], "--generator"],
  [["--nonsense"], "--nonsense"],
])("%j is refused by name", (flags, name) => {
  expect(() => parseOptions(flags)).toThrow(name);
});
