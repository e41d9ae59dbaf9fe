import * as official from "@durable-streams/state";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { StateStreamError } from "../protocol/errors.ts";
import type { ChangeEvent, ControlEvent, StateEvent } from "../protocol/events.ts";
import { MaterializedState } from "./materialized-state.ts";

const change = (
  operation: ChangeEvent["headers"]["operation"],
  key: string,
  value?: unknown,
): ChangeEvent => ({
  type: "user",
  key,
  ...(value === undefined ? {} : { value }),
  headers: { operation },
});
const control = (control: ControlEvent["headers"]["control"]): ControlEvent => ({ headers: { control } });

function collectErrors(): { errors: StateStreamError[]; state: MaterializedState } {
  const errors: StateStreamError[] = [];
  return { errors, state: new MaterializedState({ onError: (error) => errors.push(error) }) };
}

describe("MaterializedState", () => {
  it("stores, replaces without merging, and removes", () => {
    const state = new MaterializedState();
    state.apply(change("insert", "1", { name: "Ada", email: "a@x" }));
    state.apply(change("update", "1", { name: "Grace" }));
    expect(state.get("user", "1")).toEqual({ name: "Grace" });
    state.apply(change("delete", "1"));
    expect(state.get("user", "1")).toBeUndefined();
  });

  it("creates on an update or upsert of an unknown key and ignores a delete of one", () => {
    const state = new MaterializedState();
    state.applyBatch([change("update", "1", "a"), change("upsert", "2", "b"), change("delete", "3")]);
    expect([...state.getType("user")]).toEqual([
      ["1", "a"],
      ["2", "b"],
    ]);
  });

  it("keeps any JSON value as it is given", () => {
    const state = new MaterializedState();
    const value = { a: 1 };
    state.applyBatch([
      change("insert", "1", value),
      change("insert", "2", "dark"),
      change("insert", "3", null),
    ]);
    expect(state.get("user", "1")).toBe(value);
    expect(state.get("user", "2")).toBe("dark");
    expect(state.get("user", "3")).toBeNull();
  });

  it("knows the types in order of appearance, a type first seen by a delete included", () => {
    const state = new MaterializedState();
    state.apply({ type: "b", key: "1", headers: { operation: "delete" } });
    state.apply({ type: "a", key: "1", value: 1, headers: { operation: "insert" } });
    expect(state.types).toEqual(["b", "a"]);
    expect(state.typeCount).toBe(2);
    expect(state.getType("never").size).toBe(0);
  });

  it("forgets all on clear() and on a reset, and goes on", () => {
    for (const forget of [
      (s: MaterializedState) => s.clear(),
      (s: MaterializedState) => s.apply(control("reset")),
    ]) {
      const state = new MaterializedState();
      state.apply(change("insert", "1", "a"));
      forget(state);
      expect(state.typeCount).toBe(0);
      state.apply(change("insert", "2", "b"));
      expect([...state.getType("user").keys()]).toEqual(["2"]);
    }
  });

  it("drops at the end of a snapshot what the snapshot did not mention", () => {
    const state = new MaterializedState();
    state.applyBatch([change("insert", "1", "a"), change("insert", "2", "b")]);
    state.applyBatch([control("snapshot-start"), change("upsert", "2", "c")]);
    expect(state.getType("user").size).toBe(2);
    state.apply(control("snapshot-end"));
    expect([...state.getType("user")]).toEqual([["2", "c"]]);
  });

  it("reports what does not fit with its place, skips it and goes on", () => {
    const { errors, state } = collectErrors();
    const bad = { type: "user", key: "2", headers: { operation: "insert" } } as ChangeEvent;
    const batch = { after: "0_1", offset: "0_9" };
    state.applyBatch([change("insert", "1", "a"), bad, change("insert", "3", "c")], batch);
    expect([...state.getType("user").keys()]).toEqual(["1", "3"]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      code: "MALFORMED_MESSAGE",
      position: { after: "0_1", index: 1, offset: "0_9" },
      event: bad,
    });
    expect(errors[0]?.message).toContain("after offset 0_1");
  });

  it("names the message's own offset where the server gave one", () => {
    const { errors, state } = collectErrors();
    state.apply({ headers: { control: "stop", offset: "0_5" } } as never, { after: "0_1", offset: "0_9" });
    expect(errors[0]).toMatchObject({ code: "UNKNOWN_CONTROL", position: { offset: "0_5" } });
  });

  it("applies a change with a bad optional header, and reports it", () => {
    const { errors, state } = collectErrors();
    state.apply({ type: "user", key: "1", value: 1, headers: { operation: "insert", txid: 7 } } as never);
    expect(state.get("user", "1")).toBe(1);
    expect(errors[0]?.code).toBe("BAD_HEADER");
  });

  it("reports to the console where nobody else listens", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    new MaterializedState().apply(control("snapshot-end"));
    expect(log).toHaveBeenCalledWith("snapshot-end without a snapshot-start");
    log.mockRestore();
  });
});

const keys = fc.constantFrom("a", "b", "c", "d");
const changes = fc.record({
  type: fc.constantFrom("user", "task"),
  key: keys,
  value: fc.jsonValue(),
  headers: fc.record({ operation: fc.constantFrom("insert", "update", "delete", "upsert") }),
}) as fc.Arbitrary<ChangeEvent>;
const controls = fc.constantFrom(control("reset"), control("snapshot-start"), control("snapshot-end"));
const histories = fc.array(fc.oneof({ weight: 6, arbitrary: changes }, { weight: 1, arbitrary: controls }), {
  maxLength: 60,
}) as fc.Arbitrary<StateEvent[]>;

/** What is in a state, whatever way it got there. */
function contents(state: {
  types: string[];
  getType(type: string): Map<string, unknown>;
}): Map<string, unknown> {
  const all = state.types.flatMap((type) =>
    [...state.getType(type)].map(([key, value]) => [`${type}/${key}`, value] as const),
  );
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe("any history", () => {
  it("of changes gives what the official package makes of it", () => {
    fc.assert(
      fc.property(fc.array(changes), (events) => {
        const ours = new MaterializedState();
        const theirs = new official.MaterializedState();
        ours.applyBatch(events);
        theirs.applyBatch(events);
        expect(contents(ours)).toEqual(contents(theirs));
        expect(ours.types).toEqual(theirs.types);
      }),
    );
  });

  it.each(["replace", "merge"] as const)(
    "is rebuilt by the events of its state, open snapshot included: %s",
    (updates) => {
      fc.assert(
        fc.property(histories, histories, (before, after) => {
          const state = new MaterializedState({ updates, onError: () => {} });
          state.applyBatch(before);
          const rebuilt = new MaterializedState({ updates, onError: () => {} });
          rebuilt.applyBatch([...state.events("0_1")]);
          expect(contents(rebuilt)).toEqual(contents(state));
          state.applyBatch(after);
          rebuilt.applyBatch(after);
          expect(contents(rebuilt)).toEqual(contents(state));
          expect([...rebuilt.events()]).toEqual([...state.events()]);
        }),
      );
    },
  );
});

describe("with updates that are merged", () => {
  it("fields stay that a change does not have, until the entity is put away", () => {
    const state = new MaterializedState({ updates: "merge" });
    const change = (value: unknown, operation: "insert" | "update" | "upsert" = "update") =>
      state.apply({ type: "user", key: "1", value, headers: { operation } });
    change({ name: "Ada", tags: ["a"] }, "insert");
    change({ email: "a@x", tags: ["b"] });
    expect(state.get("user", "1")).toEqual({ name: "Ada", email: "a@x", tags: ["b"] });
    change("a text");
    expect(state.get("user", "1")).toBe("a text");
    state.apply({ type: "user", key: "1", headers: { operation: "delete" } });
    change({ seen: true }, "upsert");
    expect(state.get("user", "1")).toEqual({ seen: true });
  });
});
