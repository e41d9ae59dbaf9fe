import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Row } from "../feed/cut-rows.ts";
import { cellText, columnsOf } from "./columns.ts";
import { differences } from "./diff.ts";
import { History } from "./history.ts";
import { Replay } from "./replay.ts";

const encoder = new TextEncoder();

/** Messages as rows of a stream. */
function rowsOf(messages: readonly unknown[]): Row[] {
  let position = 0;
  return messages.map((message) => {
    const bytes = encoder.encode(JSON.stringify(message));
    const row = { position, end: position + bytes.length + 1, bytes };
    position = row.end;
    return row;
  });
}

const change = (operation: string, type: string, key: string, value?: unknown) => ({
  type,
  key,
  ...(value !== undefined && { value }),
  headers: { operation },
});
const STREAM = rowsOf([
  change("insert", "user", "1", { name: "Ada", tags: [1] }),
  change("insert", "task", "1", "wash"),
  "noise",
  change("update", "user", "1", { name: "Ada L.", tags: [1], age: 36 }),
  change("insert", "user", "2", { name: "Grace" }),
  change("delete", "user", "2"),
]);

test("numbers keep the digits that were sent, and differ where these do", () => {
  const texts = ["9007199254740992", "9007199254740993"].map(
    (id) =>
      `{"type":"order","key":9007199254740993,"value":{"id":${id},"price":1.50},"headers":{"operation":"update"}}`,
  );
  const rows = texts.map((text, index) => ({ position: index, end: index + 1, bytes: encoder.encode(text) }));
  const replay = new Replay();
  replay.apply(rows);
  const [entity] = replay.entities("order");
  expect(entity?.key).toBe("9007199254740993");
  expect(columnsOf([entity!]).map((column) => cellText(entity!, column))).toEqual([
    "9007199254740993",
    "1.50",
  ]);
  const history = new History("order", "9007199254740993", 10);
  history.apply(rows);
  const { before, after } = history.entries[1]!;
  expect(differences(before, after)).toEqual([
    { path: "id", before: "9007199254740992", after: "9007199254740993" },
  ]);
});

describe("the state at a position", () => {
  test("is that of all messages before, whatever the steps", () => {
    fc.assert(
      fc.property(fc.nat({ max: STREAM.length }), fc.nat({ max: STREAM.length }), (first, second) => {
        const steps = new Replay();
        steps.apply(STREAM.slice(0, Math.min(first, second)));
        steps.apply(STREAM.slice(Math.min(first, second), second));
        const atOnce = new Replay();
        atOnce.apply(STREAM.slice(0, second));
        for (const type of ["user", "task"]) expect(steps.entities(type)).toEqual(atOnce.entities(type));
      }),
    );
  });

  test("says where a row was changed last, and what is no event", () => {
    const replay = new Replay();
    replay.apply(STREAM);
    expect(replay.types).toEqual(["user", "task"]);
    expect(replay.entities("user")).toEqual([
      {
        key: "1",
        value: { name: "Ada L.", tags: [1], age: 36 },
        changedAt: STREAM[3]!.end,
        isDeleted: false,
      },
    ]);
    expect([replay.events, replay.others]).toEqual([5, 1]);
  });
});

test("what was deleted is kept with its last value, until it is there again", () => {
  const replay = new Replay();
  const rows = rowsOf([
    change("insert", "user", "1", { a: 1 }),
    change("delete", "user", "1"),
    change("insert", "user", "2", 2),
    change("delete", "user", "2"),
    change("delete", "user", "3"),
    change("upsert", "user", "2", 2),
  ]);
  replay.apply(rows);
  expect(replay.deleted("user")).toEqual([
    { key: "1", value: { a: 1 }, changedAt: rows[1]!.end, isDeleted: true },
  ]);
  const emptied = new Replay();
  emptied.apply(rows.slice(0, 2));
  expect(emptied.types).toEqual(["user"]);
});

describe("the history of a row", () => {
  test("has each change with what was before", () => {
    const history = new History("user", "2", 10);
    history.apply(STREAM);
    expect(history.entries.map(({ operation, before, after }) => [operation, before, after])).toEqual([
      ["insert", undefined, { name: "Grace" }],
      ["delete", { name: "Grace" }, undefined],
    ]);
  });

  test("has control messages that removed the row, and no others", () => {
    const control = (name: string) => ({ headers: { control: name } });
    const history = new History("user", "1", 10);
    history.apply(
      rowsOf([
        control("reset"),
        change("insert", "user", "1", 1),
        control("snapshot-start"),
        change("upsert", "user", "2", 2),
        control("snapshot-end"),
      ]),
    );
    expect(history.entries.map(({ operation }) => operation)).toEqual(["insert", "snapshot-end"]);
  });

  test("keeps the newest entries", () => {
    const history = new History("user", "1", 2);
    history.apply(rowsOf([1, 2, 3].map((value) => change("upsert", "user", "1", value))));
    expect(history.entries.map(({ after }) => after)).toEqual([2, 3]);
  });
});

describe("differences", () => {
  test("are named by where they are", () => {
    expect(differences({ a: 1, b: { c: 2, d: [1] } }, { a: 1, b: { c: 3, d: [1, 2] }, e: null })).toEqual([
      { path: "b.c", before: "2", after: "3" },
      { path: "b.d", before: "[1]", after: "[1,2]" },
      { path: "e", before: undefined, after: "null" },
    ]);
  });

  test("of a value and itself are none, and of different values some", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(differences(a, structuredClone(a))).toEqual([]);
        if (JSON.stringify(a) === JSON.stringify(b)) return;
        const text = (value: unknown) => JSON.stringify(value, (_, part) => sorted(part));
        if (text(a) !== text(b)) expect(differences(a, b)).not.toEqual([]);
      }),
    );
  });
});

/** An object with its members in the order of their names. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test("a table has the members of the values as columns", () => {
  const entities = [{ a: 1, b: "x" }, "plain", { c: [1] }].map((value, index) => ({
    key: String(index),
    value,
    changedAt: undefined,
    isDeleted: false,
  }));
  const columns = columnsOf(entities);
  expect(columns).toEqual(["a", "b", "", "c"]);
  expect(entities.map((entity) => columns.map((column) => cellText(entity, column)))).toEqual([
    ["1", "x", "", ""],
    ["", "", "plain", ""],
    ["", "", "", "[1]"],
  ]);
});
