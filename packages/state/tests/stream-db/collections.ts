import { appendEvents, type ChangeEvent } from "@perennial/state";
import { createStreamDB, getStreamDBCollectionId } from "@perennial/state/db";
import { expect, it, vi } from "vitest";
import { board, plain, user } from "../support/board.ts";
import type { Fixture } from "./fixture.ts";

export function describeCollections(fixture: Fixture): void {
  it("needs a stream", () => {
    expect(() => createStreamDB({ state: board })).toThrow("createStreamDB requires stream or streamOptions");
  });

  it("has collections before it has read anything, and sends nothing by itself", async () => {
    const fetch = vi.fn<typeof globalThis.fetch>();
    const url = `${fixture.server.url}/v1/stream/none`;
    const db = createStreamDB({ streamOptions: { url, fetch, warnOnHttp: false }, state: board });
    fixture.closing.push(db.close);
    expect(db.collections.users.id).toBe(getStreamDBCollectionId(url, "users"));
    expect([db.collections.users.status, db.status, db.offset]).toEqual(["loading", "idle", "-1"]);
    expect(fetch).not.toHaveBeenCalled();
    expect(Object.getPrototypeOf(db)).toBeNull();
    expect(Object.keys(db)).toEqual(
      expect.arrayContaining(["collections", "stream", "offset", "preload", "close", "utils"]),
    );
    expect(db).not.toHaveProperty("actions");
    expect(() => Object.assign(db, { collections: {} })).toThrow(TypeError);
  });

  it("shows the stream's rows by collection after preload", async () => {
    const task = board.tasks.insert({ value: { nr: 7, title: "Write" } });
    const { db, users } = await fixture.open([user("1", "Ada"), task, user("2", "Grace")]);
    await db.preload();
    expect(plain(users.toArray)).toEqual([
      { id: "1", name: "Ada" },
      { id: "2", name: "Grace" },
    ]);
    expect(plain(db.collections.tasks.toArray)).toEqual([{ nr: 7, title: "Write" }]);
    expect([users.status, db.status]).toEqual(["ready", "ready"]);
    expect(db.offset).not.toBe("-1");
  });

  it("gives rows their key where the value has none, and a number in the order of changes", async () => {
    const noId = {
      type: "user",
      key: "x",
      value: { name: "Ada" },
      headers: { operation: "insert" as const },
    };
    const { db, users } = await fixture.open([noId, user("y", "Grace")]);
    await db.preload();
    expect(Object.keys(users.get("x")!)).toEqual(expect.arrayContaining(["id", "name", "_seq"]));
    expect(users.get("x")).toMatchObject({ id: "x", _seq: 0 });
    expect(users.get("y")).toMatchObject({ _seq: 1 });
  });

  it("is ready with an empty stream, and ignores types that no collection has", async () => {
    const stranger: ChangeEvent = { type: "alien", key: "1", value: {}, headers: { operation: "insert" } };
    const { db, users, errors } = await fixture.open([stranger]);
    await db.preload();
    const empty = await fixture.open();
    await empty.db.preload();
    expect([users.size, empty.users.size, empty.users.status]).toEqual([0, 0, "ready"]);
    expect(errors).toEqual([]);
  });

  it("replaces rows, also by a repeated insert, and removes them", async () => {
    const full = board.users.insert({ value: { id: "1", name: "Ada", email: "a@x" } });
    const again = board.users.insert({ value: { id: "1", name: "Grace" } });
    const { db, users, stream } = await fixture.open([full]);
    await db.preload();
    await appendEvents(stream, [again], { txid: "again" });
    await db.utils.awaitTxId("again");
    expect(plain(users.toArray)).toEqual([{ id: "1", name: "Grace" }]);
    await appendEvents(stream, [board.users.delete({ key: "1" })], { txid: "gone" });
    await db.utils.awaitTxId("gone");
    expect(users.size).toBe(0);
  });

  it("ends with the last of many changes of a key in one batch", async () => {
    const remove = board.users.delete({ key: "1" });
    const { db, users } = await fixture.open([
      user("1", "a"),
      user("1", "b"),
      user("1", "c"),
      remove,
      user("1", "d"),
    ]);
    await db.preload();
    expect(plain(users.toArray)).toEqual([{ id: "1", name: "d" }]);
  });

  it("tells listeners of ten rows at once, and later of each change as it is", async () => {
    const rows = Array.from({ length: 10 }, (_, index) => user(String(index), "a"));
    const { db, users, stream } = await fixture.open(rows);
    const calls: Array<Array<{ type: string; key: unknown; value: unknown; previousValue?: unknown }>> = [];
    users.subscribeChanges((changes) => calls.push(changes));
    await db.preload();
    expect(calls.flat().map(({ type }) => type)).toEqual(Array(10).fill("insert"));
    expect(calls.filter((changes) => changes.length > 0)).toHaveLength(1);
    calls.length = 0;
    await appendEvents(stream, [user("0", "b"), board.users.delete({ key: "1" })], { txid: "live" });
    await db.utils.awaitTxId("live");
    expect(calls.flat()).toEqual([
      expect.objectContaining({
        type: "update",
        key: "0",
        value: expect.objectContaining({ name: "b" }),
        previousValue: expect.objectContaining({ name: "a" }),
      }),
      expect.objectContaining({ type: "delete", key: "1", value: expect.objectContaining({ name: "a" }) }),
    ]);
  });
}
