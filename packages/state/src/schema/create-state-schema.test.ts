import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createStateSchema } from "./create-state-schema.ts";
import type { CollectionDefinition } from "./definition.ts";

const user = z.object({ id: z.string(), name: z.string() });
const schema = createStateSchema({
  users: { schema: user, type: "user", primaryKey: "id" },
  tasks: {
    schema: z.object({ nr: z.number(), state: z.string().default("open") }),
    type: "task",
    primaryKey: "nr",
  },
});
const ada = { id: "1", name: "Ada" };

describe("createStateSchema", () => {
  it.each(["collections", "preload", "close", "utils", "actions"])("refuses the reserved name %s", (name) => {
    const define = () => createStateSchema({ [name]: { schema: user, type: "user", primaryKey: "id" } });
    expect(define).toThrow(
      `Reserved collection name "${name}" - this would collide with StreamDB properties`,
    );
  });

  it("refuses two collections of one type", () => {
    const define = () =>
      createStateSchema({
        a: { schema: user, type: "user", primaryKey: "id" },
        b: { schema: user, type: "user", primaryKey: "id" },
      });
    expect(define).toThrow('Duplicate event type "user" - used by both "a" and "b" collections');
  });

  it("leaves the definitions as they are", () => {
    const definition = { schema: user, type: "user", primaryKey: "id" };
    const made = createStateSchema({ users: definition });
    expect(made.users).toMatchObject(definition);
    expect(definition).not.toHaveProperty("insert");
  });
});

describe("the event helpers", () => {
  it("make each kind of change", () => {
    const { insert, update, upsert, delete: remove } = schema.users;
    const base = { type: "user", key: "1" };
    expect(insert({ value: ada })).toEqual({ ...base, value: ada, headers: { operation: "insert" } });
    expect(upsert({ value: ada })).toEqual({ ...base, value: ada, headers: { operation: "upsert" } });
    expect(update({ value: ada, oldValue: ada })).toEqual({
      ...base,
      value: ada,
      old_value: ada,
      headers: { operation: "update" },
    });
    expect(remove({ oldValue: ada })).toEqual({ ...base, old_value: ada, headers: { operation: "delete" } });
    expect(remove({ key: "1" })).toEqual({ ...base, headers: { operation: "delete" } });
  });

  it("keep added headers and let none change the operation", () => {
    const headers = { txid: "t1", sourceApp: "test", operation: "delete" };
    expect(schema.users.insert({ value: ada, headers }).headers).toEqual({ ...headers, operation: "insert" });
  });

  it("take the key given, else the primary key, numbers included", () => {
    expect(schema.users.insert({ key: "x", value: ada }).key).toBe("x");
    expect(schema.tasks.insert({ value: { nr: 0, state: "open" } }).key).toBe("0");
    const noKey = { value: { id: "", name: "Ada" } };
    expect(() => schema.users.insert(noKey)).toThrow(
      "Cannot create user insert event: must provide either 'key' or a value with a non-empty 'id' field",
    );
  });

  it.each(["insert", "update", "upsert"] as const)("%s refuses an invalid value", (operation) => {
    const make = () => schema.users[operation]({ value: { id: "1" } as never });
    expect(make).toThrow(`Validation failed for user ${operation}: `);
  });

  it("refuse an invalid old value, and a delete without key and old value", () => {
    const oldValue = {} as never;
    expect(() => schema.users.update({ value: ada, oldValue })).toThrow(
      "Validation failed for user update (oldValue): ",
    );
    expect(() => schema.users.delete({ oldValue })).toThrow("Validation failed for user delete (oldValue): ");
    expect(() => schema.users.delete({})).toThrow(
      "Cannot create user delete event: must provide either 'key' or 'oldValue' with a id field",
    );
  });

  it("put the schema's output into the event", () => {
    const event = schema.tasks.insert({ value: { nr: 1 } as never });
    expect(event.value).toEqual({ nr: 1, state: "open" });
  });

  it("take the fields that reading added out of a row", () => {
    const loose: CollectionDefinition<{ id: string }> = {
      schema: z.looseObject({ id: z.string() }),
      type: "loose",
      primaryKey: "id",
    };
    const value = { id: "1", extra: 1, _seq: 7, $synced: true, $key: "1", $schema: "mine" };
    const event = createStateSchema({ loose }).loose.insert({ value });
    expect(event.value).toEqual({ id: "1", extra: 1, $schema: "mine" });
  });
});

/** A schema that answers as told, to meet the corners of Standard Schema. */
function answering(answer: unknown): CollectionDefinition<{ id: string }> {
  const validate = () => answer as never;
  return { schema: { "~standard": { version: 1, vendor: "test", validate } }, type: "t", primaryKey: "id" };
}

describe("Standard Schema", () => {
  it("success may carry issues: undefined", () => {
    const schema = createStateSchema({ t: answering({ value: { id: "1" }, issues: undefined }) });
    expect(schema.t.insert({ value: { id: "1" } }).key).toBe("1");
  });

  it("an asynchronous answer is an error, not a pass", () => {
    const schema = createStateSchema({ t: answering(Promise.resolve({ value: { id: "1" } })) });
    expect(() => schema.t.insert({ value: { id: "1" } })).toThrow("validates asynchronously");
  });

  it("a failure without messages has a message", () => {
    const schema = createStateSchema({ t: answering({ issues: [] }) });
    expect(() => schema.t.insert({ value: { id: "1" } })).toThrow(
      "Validation failed for t insert: Unknown validation error",
    );
  });
});
