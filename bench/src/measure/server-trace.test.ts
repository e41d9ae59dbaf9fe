import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { percentile, traceFigures } from "./server-trace.ts";

const directory = mkdtempSync(join(tmpdir(), "perennial-trace-"));
afterAll(() => rmSync(directory, { recursive: true }));

const trace = { logFile: join(directory, "log"), loopFile: join(directory, "loop"), startedAt: 1_000 };

test("only what fell into the measured time counts", () => {
  const samples = [
    { at: 1_900, delay: 50 },
    { at: 2_000, delay: 1 },
    { at: 2_500, delay: 3 },
  ];
  writeFileSync(trace.loopFile, JSON.stringify(samples));
  const pause = (at: number, length: number) =>
    `[1:0x1] ${at} ms: Scavenge 3.8 (4.0) -> 3.4 (5.0) MB, ${length} / 0.00 ms\n`;
  writeFileSync(trace.logFile, pause(900, 9.5) + pause(1_200, 2.5) + pause(2_500, 8));
  expect(traceFigures(trace, { from: 2_000, to: 3_000 })).toEqual({
    loopDelayP99: 3,
    loopDelayMax: 3,
    pauseMax: 2.5,
  });
});

test("a server that left nothing has no such figures", () => {
  const nothing = { logFile: join(directory, "none"), loopFile: join(directory, "none"), startedAt: 0 };
  expect(traceFigures(nothing, { from: 0, to: 1 })).toEqual({});
  expect(traceFigures(trace, undefined)).toEqual({});
});

test("percentile is the smallest value that covers the share", () => {
  expect(percentile([5, 1, 3, 2, 4], 0.5)).toBe(3);
  expect(percentile([1, 2], 0.99)).toBe(2);
  expect(percentile([], 0.5)).toBe(0);
});
