/** The judge sees each kind of violation, and accepts what concurrency allows. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { violation } from "./check.ts";
import type { AppendOperation, Operation, ReadOperation } from "./history.ts";

function append(token: string, start: number, end: number, outcome?: "refused" | "unknown"): AppendOperation {
  return { kind: "append", client: token, token, start, end, outcome: outcome ?? "stored" };
}

function read(content: string, start: number, end: number): ReadOperation {
  return { kind: "read", client: "reader", content, start, end };
}

const NEVER = Number.POSITIVE_INFINITY;

test.each<[string, Operation[], string, RegExp]>([
  ["a lost append", [append("[a]", 1, 2)], "", /acknowledged and is lost/],
  ["a doubled append", [append("[a]", 1, 2)], "[a][a]", /stored twice/],
  ["a refused append that is stored", [append("[a]", 1, 2, "refused")], "[a]", /refused and is stored/],
  ["an append that nobody sent", [], "[a]", /never sent/],
  ["half an append", [append("[aa]", 1, 2)], "[a", /no whole appends/],
  [
    "appends against their order in time",
    [append("[a]", 1, 2), append("[b]", 3, 4)],
    "[b][a]",
    /stands behind/,
  ],
  ["a stale read", [append("[a]", 1, 2), read("", 3, 4)], "[a]", /stands behind/],
  ["a read of the future", [read("[a]", 1, 2), append("[a]", 3, 4)], "[a]", /stands behind/],
  ["a read that goes back", [append("[a]", 1, 9), read("[a]", 2, 3), read("", 4, 5)], "[a]", /stands behind/],
  ["bytes that are taken back", [append("[a]", 1, NEVER, "unknown"), read("[a]", 2, 3)], "", /not there/],
  ["a tail before the append's end", [{ ...append("[a]", 1, 2), tail: 2 }], "[a]", /ends at 3/],
])("%s is seen", (_, operations, content, message) => {
  expect(violation(operations, content)).toMatch(message);
});

test.each<[string, Operation[], string]>([
  ["concurrent appends in either order", [append("[a]", 1, 4), append("[b]", 2, 3)], "[b][a]"],
  [
    "an unanswered append that took effect late",
    [append("[a]", 1, NEVER, "unknown"), append("[b]", 2, 3)],
    "[b][a]",
  ],
  ["an unanswered append that never did", [append("[a]", 1, NEVER, "unknown")], ""],
  [
    "a read beside an append, with or without it",
    [append("[a]", 1, 5), read("", 2, 3), read("[a]", 3, 4)],
    "[a]",
  ],
  ["a refusal", [append("[a]", 1, 2, "refused"), read("", 3, 4)], ""],
])("%s is accepted", (_, operations, content) => {
  expect(violation(operations, content)).toBeUndefined();
});

test("what one stream that does one thing at a time answers is always accepted, whatever the delays", () => {
  const action = fc.record({
    isRead: fc.boolean(),
    before: fc.nat(5),
    after: fc.nat(5),
    isLost: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      let content = "";
      const operations = actions.map(({ isRead, before, after, isLost }, index): Operation => {
        // The action takes effect at 10 * index, somewhere between its start and its end.
        const [start, end] = [10 * index - before * 7, 10 * index + after * 7];
        if (isRead) return read(content, start, end);
        const token = `[${index}]`;
        content += token;
        return append(token, start, isLost ? NEVER : end, isLost ? "unknown" : undefined);
      });
      expect(violation(operations, content)).toBeUndefined();
    }),
  );
});
