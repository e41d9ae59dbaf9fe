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

    it("time out", async () => {
      const { db } = await fixture.open();
      await db.preload();
      await expect(db.utils.awaitTxId("never", 20)).rejects.toThrow("Timeout waiting for txid: never");
    });
  });
}
