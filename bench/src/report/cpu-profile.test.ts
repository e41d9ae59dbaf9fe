import { expect, test } from "vitest";
import { type CpuProfile, flameBoxes, topFunctions } from "./cpu-profile.ts";
import { flameGraph } from "./flame-graph.ts";

const frame = (functionName: string, url = "") => ({ functionName, url, lineNumber: 6 });
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame("(root)"), children: [2, 3] },
    { id: 2, callFrame: frame("(idle)") },
    { id: 3, callFrame: frame("append", "file:///x/http/append.js"), children: [4, 5] },
    { id: 4, callFrame: frame("writev") },
    { id: 5, callFrame: frame("", "node:net") },
  ],
  samples: [2, 3, 4, 4, 5, 2],
  timeDeltas: [5_000, 1_000, 4_000, 2_000, 3_000, 9_000],
};

test("the time on top of the stack is added up by function, idle time left out", () => {
  expect(topFunctions(profile, 2)).toEqual([
    { name: "writev", milliseconds: 6, share: 0.6 },
    { name: "(anonymous) node:net:7", milliseconds: 3, share: 0.3 },
  ]);
});

test("boxes of a flame graph hold the boxes of what was called", () => {
  expect(flameBoxes(profile)).toEqual([
    { name: "append http/append.js:7", depth: 0, from: 0, to: 1 },
    { name: "writev", depth: 1, from: 0, to: 0.6 },
    { name: "(anonymous) node:net:7", depth: 1, from: 0.6, to: 0.8999999999999999 },
  ]);
});

test("a flame graph is an SVG, of nothing too", async () => {
  expect(flameGraph(flameBoxes(profile), "title")).toMatch(/^<svg .*append http.*<\/svg>$/s);
  const nothing = { nodes: [], samples: [], timeDeltas: [] };
  expect(flameGraph(flameBoxes(nothing), "title")).toMatch(/^<svg /);
});
