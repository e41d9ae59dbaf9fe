import { expect, test } from "vitest";
import { parseGarbageCollections } from "./gc-trace.ts";

test("pauses are read from Node 20's and newer formats, other lines passed over", () => {
  const log = `listening on 4437
[2:0x15]       48 ms: Scavenge 3.8 (4.0) -> 3.4 (5.0) MB, 2.42 / 0.00 ms  (average mu = 1.000) allocation failure;
[2:0x15]      378 ms: Mark-Compact 57.2 (74.4) -> 46.6 (81.3) MB, 40.62 / 0.00 ms  (+ 12.1 ms in 18 steps) finalize
[2:0x15]     1400 ms: Scavenge 9.1 (9.2) -> 6.3 (9.3) MB, pooled: 0 MB, 0.75 / 0.10 ms  (average mu = 1.000) task;
`;
  expect(parseGarbageCollections(log)).toEqual([
    { at: 48, pause: 2.42 },
    { at: 378, pause: 40.62 },
    { at: 1400, pause: 0.75 },
  ]);
});
