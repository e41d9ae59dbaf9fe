import { expect, test } from "vitest";
import { parseCoreList, parseCoreTime } from "./core-time.ts";

const stat = `cpu  300 0 300 0 0 0 0 0 0 0
cpu0 100 20 30 900 5 7 11 13 0 0
cpu1 200 0 100 900 5 7 11 50 0 0
intr 1 2 3
`;

test("user, nice and system time of the chosen cores count, interrupts and waiting do not", () => {
  expect(parseCoreTime(stat, new Set([0]))).toEqual({ busy: 1.5, stolen: 0.13 });
  expect(parseCoreTime(stat, new Set([0, 1]))).toEqual({ busy: 4.5, stolen: 0.63 });
});

test("lists of cores are numbers and ranges", () => {
  expect([...parseCoreList("0,2-4")]).toEqual([0, 2, 3, 4]);
  expect([...parseCoreList("1")]).toEqual([1]);
});
