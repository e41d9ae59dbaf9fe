import { expect, test } from "vitest";
import { customEvent, WRITER_EVENT } from "../format.ts";
import { LeaseWatch } from "./lease-watch.ts";

const note = (leaseMs: unknown, runId = "r") => customEvent(WRITER_EVENT, { writer: "run", runId, leaseMs });

/** In how many ms a writer is late who said this at 0. */
function dueAfter(leaseMs: unknown): number | undefined {
  const watch = new LeaseWatch();
  watch.take(note(leaseMs), 0);
  return watch.due(0);
}

test("a writer that was silent for longer than its lease is late, until it is heard again", () => {
  const watch = new LeaseWatch();
  expect([watch.take(note(200), 0), watch.take({ type: "RUN_STARTED" }, 0)]).toEqual([true, false]);
  expect([watch.due(150), watch.late(199), watch.late(200)]).toEqual([50, [], ["r"]]);
  watch.take(note(200), 200);
  expect(watch.late(399)).toEqual([]);
});

test("no lease has readers ask all the time, or is longer than a timer can be", () => {
  expect(dueAfter(1e-9)).toBeGreaterThanOrEqual(50);
  expect(dueAfter(1e300)).toBeLessThan(2 ** 31);
  for (const none of [0, -1, "200", null, {}, Number.NaN]) expect(dueAfter(none)).toBeUndefined();
});
