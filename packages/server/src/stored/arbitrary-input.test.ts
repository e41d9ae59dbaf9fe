import fc from "fast-check";
import { test } from "vitest";
import { isMessageBoundary, skipMessages, wrapStored } from "./messages.ts";
import { splitJsonMessages } from "./split.ts";
import { incompleteUtf8Length } from "./utf8.ts";

test.each<[string, (input: Uint8Array) => unknown]>([
  ["splitting JSON", splitJsonMessages],
  ["skipping messages", (input) => skipMessages(input, 0, 3)],
  ["finding boundaries", (input) => isMessageBoundary(input, input.length)],
  ["wrapping messages", wrapStored],
  ["finding incomplete characters", incompleteUtf8Length],
])("no bytes make %s throw", (_, read) => {
  fc.assert(
    fc.property(fc.uint8Array(), (input) => {
      read(input);
    }),
    { numRuns: 500 },
  );
});
