import { describe, expect, test } from "vitest";
import { parseSchedstat, parseStat, parseStatus } from "./proc.ts";

describe("parseStat", () => {
  const fields = "S 1 10 10 0 -1 4194304 100 0 0 0 150 50 30 20 20 0 7 0 12345 1000 200 0";

  test("adds user and system time, own and of children, in seconds", () => {
    expect(parseStat(`10 (node) ${fields}`)).toEqual({ own: 2, children: 0.5 });
  });

  test("is not misled by a command name with spaces and parentheses", () => {
    expect(parseStat(`10 (a) b (c) ${fields}`)).toEqual({ own: 2, children: 0.5 });
  });
});

describe("parseStatus", () => {
  test("reads resident and anonymous memory in bytes", () => {
    const text = "Name:\tnode\nVmRSS:\t    2048 kB\nRssAnon:\t    1024 kB\nRssFile:\t 1024 kB\n";
    expect(parseStatus(text)).toEqual({ resident: 2048 * 1024, anonymous: 1024 * 1024 });
  });

  test("counts nothing for a process without memory", () => {
    expect(parseStatus("Name:\tzombie\n")).toEqual({ resident: 0, anonymous: 0 });
  });
});

test("parseSchedstat reads nanoseconds on the CPU as seconds", () => {
  expect(parseSchedstat("2500000000 12 3\n")).toBe(2.5);
});
