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
    });
  });
}
