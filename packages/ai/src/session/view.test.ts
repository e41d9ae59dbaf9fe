import { expect, test } from "vitest";
import {
  EMPTY_SESSION,
  type SessionEntry,
  type SessionMessage,
  type SessionView,
  withEntry,
} from "./view.ts";

const ENTRIES: SessionEntry<SessionMessage>[] = [
  { type: "message", message: { id: "q" } },
  { type: "begun", id: "a", url: "/a" },
  { type: "over", id: "a", end: "completed", message: { id: "a" } },
  { type: "begun", id: "b", url: "/b" },
];
const fold = (entries: readonly unknown[]) =>
  (entries as SessionEntry<SessionMessage>[]).reduce<SessionView<SessionMessage>>(withEntry, EMPTY_SESSION);

test("a session holds its messages, and the answers that are being written", () => {
  const view = { messages: [{ id: "q" }, { id: "a" }], running: [{ id: "b", url: "/b" }] };
  expect(fold(ENTRIES)).toEqual(view);
  expect(fold(ENTRIES.flatMap((entry) => [entry, entry]))).toEqual(view);
});

test.each([null, 1, "x", [], {}, { type: "message" }, { type: "message", message: null }, { type: "begun" }])(
  "%j is no entry, and changes nothing",
  (bad) => {
    expect(fold([...ENTRIES.slice(0, 2), bad, ...ENTRIES.slice(2)])).toEqual(fold(ENTRIES));
  },
);

test.each([
  { type: "over", id: 5 },
  { type: "over", id: "b", message: 7 },
  { type: "news", id: "b" },
])("%j is passed over", (bad) => {
  expect(fold([...ENTRIES, bad])).toEqual(fold(ENTRIES));
});
