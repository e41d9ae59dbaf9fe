import { appendEvents, type StateEvent } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { runs } from "@perennial/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { board, plain, user } from "../support/board.ts";
import type { Fixture } from "./fixture.ts";

const part = (id: string, value: object, operation = "update") =>
  ({ type: "user", key: id, value, headers: { operation } }) as StateEvent;

const control = (control: "reset" | "snapshot-start" | "snapshot-end"): StateEvent => ({
  headers: { control },
});

export function describeUpdates(fixture: Fixture): void {
  describe("updates that are parts of rows", () => {
    let warn: MockInstance<typeof console.warn>;
    beforeEach(() => {
      warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    });
    afterEach(() => {
      warn.mockRestore();
      vi.unstubAllEnvs();
    });

    const ada = user("1", "Ada");
    const mail = part("1", { email: "a@x" });

    it("replace rows, and are warned of once, with the name of the option", async () => {
      const { db, users, stream } = await fixture.open([ada, mail]);
      await db.preload();
      expect(plain(users.toArray)).toEqual([{ id: "1", email: "a@x" }]);
      await appendEvents(stream, [ada, mail], { txid: "again" });
      await db.utils.awaitTxId("again");
      expect(warn.mock.calls).toEqual([[expect.stringContaining("has dropped name")]]);
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('updates: "merge"'));
    });

    it("are not warned of in production, nor where updates are said to replace, nor when they drop nothing", async () => {
      const quiet = await fixture.open([ada, mail], { updates: "replace" });
      await quiet.db.preload();
      const whole = await fixture.open([
        ada,
        user("1", "Grace"),
        part("1", { id: "1", name: "A", email: "x" }),
      ]);
      await whole.db.preload();
      vi.stubEnv("NODE_ENV", "production");
      const production = await fixture.open([ada, mail]);
      await production.db.preload();
      expect(warn).not.toHaveBeenCalled();
    });

    it("are merged where that is asked for, in one batch and over several, whatever the operation", async () => {
      const { db, users, stream } = await fixture.open([ada, mail], { updates: "merge", validate: true });
      await db.preload();
      expect(plain(users.toArray)).toEqual([{ id: "1", name: "Ada", email: "a@x" }]);
      await appendEvents(stream, [part("1", { name: "Grace" }, "upsert")], { txid: "second" });
      await db.utils.awaitTxId("second");
      expect(plain(users.toArray)).toEqual([{ id: "1", name: "Grace", email: "a@x" }]);
      expect(users.get("1")).toHaveProperty("_seq", 2);
      expect(warn).not.toHaveBeenCalled();
    });

    it("are merged as the official reader merges them, whatever comes", async () => {
      const official = await import("@durable-streams/state/db");
      const fields = fc.record(
        { name: fc.constantFrom("a", "b"), email: fc.constantFrom("x", "y") },
        { requiredKeys: [] },
      );
      const operations = fc.constantFrom("insert", "update", "upsert", "delete");
      const changes = fc
        .tuple(fc.constantFrom("1", "2"), fields, operations)
        .map(([id, value, operation]) =>
          operation === "delete" ? board.users.delete({ key: id }) : part(id, value, operation),
        );
      const batches = fc.array(fc.array(changes, { minLength: 1, maxLength: 5 }), {
        minLength: 1,
        maxLength: 4,
      });
      const state = official.createStateSchema({ users: board.users as never });
      const run = async (history: StateEvent[][]): Promise<void> => {
        const { db, stream, users } = await fixture.open([], { updates: "merge" });
        const theirs = official.createStreamDB({ streamOptions: { url: stream.url }, state });
        await Promise.all([db.preload(), theirs.preload()]);
        for (const batch of history) await appendEvents(stream, batch);
        await appendEvents(stream, [user("last", "z")], { txid: "last" });
        await Promise.all([db.utils.awaitTxId("last"), theirs.utils.awaitTxId("last")]);
        const rows = (theirs.collections.users as { toArray: object[] }).toArray;
        expect(plain(users.toArray)).toEqual(plain(rows));
        db.close();
        theirs.close();
      };
      await fc.assert(fc.asyncProperty(batches, run), { numRuns: runs(10) });
    });

    it("are merged with nothing that a delete, a reset or a snapshot has put away", async () => {
      const bob = part("1", { name: "Bob" }, "insert");
      const snapshot = [control("snapshot-start"), bob, part("1", { email: "b@x" }), control("snapshot-end")];
      for (const away of [[board.users.delete({ key: "1" }), bob], [control("reset"), bob], snapshot]) {
        const { db, users, stream } = await fixture.open([ada, mail], { updates: "merge" });
        await db.preload();
        await appendEvents(stream, [...away, part("1", { seen: true })], { txid: "away" });
        await db.utils.awaitTxId("away");
        const email = away === snapshot ? { email: "b@x" } : {};
        expect(plain(users.toArray)).toEqual([{ id: "1", name: "Bob", ...email, seen: true }]);
      }
    });
  });

  describe("keys", () => {
    it("may come as numbers and booleans, which are the same entity as their text", async () => {
      const { db, users, stream, errors } = await fixture.open();
      const row = (key: unknown, name: string) => ({ ...user("1", name), key, value: { name } });
      for (const message of [row(5, "a"), row(0, "b"), row(true, "c"), row("5", "d")]) {
        await stream.append(JSON.stringify(message));
      }
      await stream.append(JSON.stringify({ type: "user", key: 0, headers: { operation: "delete" } }));
      await db.preload();
      expect([...users.keys()].sort()).toEqual(["5", "true"]);
      expect(users.get("5")).toMatchObject({ id: "5", name: "d" });
      expect(users.get("true")).toMatchObject({ id: true, name: "c" });
      expect(errors).toEqual([]);
    });

    it("as the official reader has them", async () => {
      const official = await import("@durable-streams/state/db");
      const { stream, db } = await fixture.open();
      for (const key of [5, true, "x"])
        await stream.append(JSON.stringify({ ...user("1", "a"), key, value: { name: "a" } }));
      const state = official.createStateSchema({ users: board.users as never });
      const theirs = official.createStreamDB({ streamOptions: { url: stream.url }, state });
      await Promise.all([db.preload(), theirs.preload()]);
      const rows = (collection: { toArray: object[] }) => plain(collection.toArray);
      expect(rows(db.collections.users)).toEqual(rows(theirs.collections.users));
      theirs.close();
    });

    it("of the database are text, so that live queries find them", () => {
      const db = createStreamDB({
        streamOptions: { url: "http://127.0.0.1/none", warnOnHttp: false },
        state: board,
      });
      expect(db.collections.tasks.config.getKey({ nr: 7, title: "t" })).toBe("7");
      db.close();
    });
  });
}
