import { expect, test } from "vitest";
import { EventQueue } from "./event-queue.ts";

test("events come out in order, so many at a time, and no more are kept than may be", () => {
  const queue = new EventQueue(3);
  expect(["a", "b", "a", "c"].map((name, index) => queue.add(name, `${index}`))).toEqual([
    ...[true, true, true, false],
  ]);
  expect(queue.take(2)).toEqual(["0", "1"]);
  expect(queue.isEmpty).toBe(false);
  expect(queue.take(2)).toEqual(["2"]);
  expect(queue.isEmpty).toBe(true);
});

test("of a name that was asked for, what was told up to the question is void, and nothing else", () => {
  const queue = new EventQueue(10);
  queue.add("a", "before");
  queue.add("b", "of another");
  const mark = queue.mark();
  queue.add("a", "meanwhile");
  queue.forget("a", mark);
  queue.add("a", "after");
  expect(queue.take(10)).toEqual(["of another", "meanwhile", "after"]);
});
