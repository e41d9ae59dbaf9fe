import { appendEvents } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { describe, expect, it, vi } from "vitest";
import { board, plain } from "../support/board.ts";
import type { Fixture } from "./fixture.ts";

export function describeActions(fixture: Fixture): void {
  describe("actions", () => {
    /** A database whose actions write by the stream and wait for what they wrote. */
    async function openWithActions() {
      const stream = await fixture.createStream();
      const db = createStreamDB({
        stream,
        state: board,
        actions: ({ db, stream }) => ({
          save: {
            onMutate: (row: { id: string; name: string }) => {
              if (db.collections.users.has(row.id)) {
                db.collections.users.update(row.id, (draft) => Object.assign(draft, row));
              } else db.collections.users.insert(row);
            },
            mutationFn: async (row: { id: string; name: string }) => {
              const txid = crypto.randomUUID();
              await appendEvents(stream, [board.users.upsert({ value: row })], { txid });
              await db.utils.awaitTxId(txid);
            },
          },
          fail: {
            onMutate: () => {
              db.collections.users.insert({ id: "bad", name: "bad" });
            },
            mutationFn: async () => {
              throw new Error("refused");
            },
          },
          clumsy: {
            onMutate: () => {
              throw new Error("clumsy");
            },
            mutationFn: async () => {},
          },
        }),
      });
      fixture.closing.push(db.close);
      await db.preload();
      return { db, users: db.collections.users };
    }

    it("show at once, last, and can build on a row that was read", async () => {
      const { db, users } = await openWithActions();
      const saved = db.actions.save({ id: "1", name: "Ada" });
      expect(users.get("1")?.name).toBe("Ada");
      await saved.isPersisted.promise;
      expect(users.get("1")).toMatchObject({ name: "Ada", _seq: 0 });
      await db.actions.save({ ...users.get("1")!, name: "Grace" }).isPersisted.promise;
      expect(plain(users.toArray)).toEqual([{ id: "1", name: "Grace" }]);
    });

    it("several at once do not wait for each other for ever", async () => {
      const { db, users } = await openWithActions();
      const saved = ["1", "2", "3"].map((id) => db.actions.save({ id, name: id }));
      await Promise.all(saved.map(({ isPersisted }) => isPersisted.promise));
      await vi.waitFor(() => expect(users.size).toBe(3));
      expect(users.toArray.every((row) => "_seq" in row)).toBe(true);
    });

    it("are taken back when they are refused, and throw what onMutate throws", async () => {
      const { db, users } = await openWithActions();
      const failed = db.actions.fail(undefined);
      expect(users.has("bad")).toBe(true);
      await expect(failed.isPersisted.promise).rejects.toThrow("refused");
      expect(users.has("bad")).toBe(false);
      expect(() => db.actions.clumsy(undefined)).toThrow("clumsy");
      expect(users.size).toBe(0);
    });

    it("are made once, of the database and its very handle, and get their transaction", async () => {
      const stream = await fixture.createStream();
      const mutationFn = vi.fn(async () => {});
      const onMutate = (id: string): void => {
        db.collections.users.insert({ id, name: "Ada" });
      };
      const factory = vi.fn(() => ({ add: { onMutate, mutationFn } }));
      const db = createStreamDB({ stream, state: board, actions: factory });
      fixture.closing.push(db.close);
      expect(factory).toHaveBeenCalledExactlyOnceWith({ db, stream });
      const transaction = db.actions.add("1");
      // An action returns no promise: to await it waits for nothing.
      expect(transaction).not.toHaveProperty("then");
      await transaction.isPersisted.promise;
      expect(mutationFn).toHaveBeenCalledExactlyOnceWith(
        "1",
        expect.objectContaining({ transaction: expect.objectContaining({ id: transaction.id }) }),
      );
    });

    it("leave it to TanStack DB to refuse what it does not take", async () => {
      const stream = await fixture.createStream();
      const mutationFn = async (): Promise<void> => {};
      const db = createStreamDB({
        stream,
        state: board,
        actions: ({ db }) => ({
          late: { onMutate: async () => {}, mutationFn },
          wrong: {
            onMutate: () => {
              db.collections.users.insert({ id: "1" } as never);
            },
            mutationFn,
          },
        }),
      });
      fixture.closing.push(db.close);
      await db.preload();
      expect(() => db.actions.late(undefined)).toThrow(
        expect.objectContaining({ name: "OnMutateMustBeSynchronousError" }),
      );
      expect(() => db.actions.wrong(undefined)).toThrow(
        expect.objectContaining({ name: "SchemaValidationError" }),
      );
      expect(() => db.collections.users.insert({ id: "1", name: "Ada" })).toThrow(
        "no 'onInsert' handler is configured",
      );
    });

    it("may store another key than they showed: both show until the action has settled", async () => {
      const stream = await fixture.createStream();
      const db = createStreamDB({
        stream,
        state: board,
        actions: ({ db, stream }) => ({
          add: {
            onMutate: (name: string) => {
              db.collections.users.insert({ id: "for now", name });
            },
            mutationFn: async (name: string) => {
              await appendEvents(stream, [board.users.insert({ value: { id: "1", name } })], { txid: "add" });
              await db.utils.awaitTxId("add");
            },
          },
        }),
      });
      fixture.closing.push(db.close);
      await db.preload();
      const added = db.actions.add("Ada");
      expect(db.collections.users.has("for now")).toBe(true);
      await added.isPersisted.promise;
      await vi.waitFor(() => expect(plain(db.collections.users.toArray)).toEqual([{ id: "1", name: "Ada" }]));
    });
  });
}
