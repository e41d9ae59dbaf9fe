import { expect, test } from "vitest";
import { cpuBetween, processTree, readCpu, readMemory } from "./process-tree.ts";

test("the CPU time between two readings is the larger of the two accounts", () => {
  expect(cpuBetween({ ticks: 1, threads: 5 }, { ticks: 1.5, threads: 5.25 })).toBe(0.5);
  expect(cpuBetween({ ticks: 1, threads: 5 }, { ticks: 1, threads: 5.004 })).toBeCloseTo(0.004);
});

test("a process sees its own CPU time and memory", () => {
  const before = readCpu(process.pid);
  const used = process.cpuUsage();
  while (process.cpuUsage(used).user < 60_000);
  expect(cpuBetween(before, readCpu(process.pid))).toBeGreaterThan(0.02);
  expect(readMemory(process.pid).anonymous).toBeGreaterThan(1_000_000);
  expect(processTree(process.pid)[0]).toBe(process.pid);
});

test("a process that is gone has used nothing", () => {
  expect(readCpu(2 ** 30)).toEqual({ ticks: 0, threads: 0 });
  expect(readMemory(2 ** 30)).toEqual({ resident: 0, anonymous: 0 });
});
