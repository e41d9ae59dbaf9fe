import { appendEvents } from "@perennial/state";
import { describe, expect, it } from "vitest";
import { user } from "../support/board.ts";
import type { Fixture } from "./fixture.ts";

export function describeTransactionIds(fixture: Fixture): void {
  describe("transaction ids", () => {
    it("resolve when their change shows, for any number of waiters, and ever after", async () => {
      const { db, users, stream } = await fixture.open();
      await db.preload();
      const waiting = [db.utils.awaitTxId("t1"), db.utils.awaitTxId("t1"), db.utils.awaitTxId("t2")];
      await appendEvents(stream, [user("1", "a")], { txid: "t1" });
      await appendEvents(stream, [{ type: "alien", key: "1", value: 1, headers: { operation: "insert" } }], {
        txid: "t2",
      });
      await Promise.all(waiting);
      expect(users.size).toBe(1);
      await db.utils.awaitTxId("t1", 1);
    });

    it("that the stream holds already resolve with preload", async () => {
      const { db, users, stream } = await fixture.open();
      await appendEvents(stream, [user("1", "a")], { txid: "early" });
      const waiting = db.utils.awaitTxId("early").then(() => users.size);
      await db.preload();
      expect(await waiting).toBe(1);
    });

    it.each([7, null, ""])(
      "that are %j, no text, are refused at once, where they are written and awaited",
      async (txid) => {
        const { db, stream } = await fixture.open();
        await db.preload();
        const message = "a txid must be a text that is not empty";
        await expect(db.utils.awaitTxId(txid as never)).rejects.toThrow(message);
        expect(() => appendEvents(stream, [user("1", "a", { txid } as never)])).toThrow(message);
        if (txid !== null)
          expect(() => appendEvents(stream, [user("1", "a")], { txid: txid as never })).toThrow(message);
      },
    );

    it("that come as something else than a text are reported, and their change counts", async () => {
      const event = {
        type: "user",
        key: "1",
        value: { name: "a" },
        headers: { operation: "insert", txid: 7 },
      };
      const { db, users, stream, errors } = await fixture.open();
      await stream.append(JSON.stringify(event));
      await db.preload();
      expect([users.size, errors.map(({ code }) => code)]).toEqual([1, ["BAD_HEADER"]]);
    });

    it("time out", async () => {
      const { db } = await fixture.open();
      await db.preload();
      await expect(db.utils.awaitTxId("never", 20)).rejects.toThrow("Timeout waiting for txid: never");
    });
  });
}
