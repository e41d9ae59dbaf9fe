import { appendEvents, type StateEvent } from "@perennial/state";
import { describe, expect, it, vi } from "vitest";
import { plain, user } from "../support/board.ts";
import type { Fixture } from "./fixture.ts";

const control = (control: "reset" | "snapshot-start" | "snapshot-end"): StateEvent => ({
  headers: { control },
});

export function describeControlMessages(fixture: Fixture): void {
  describe("control messages", () => {
    it("a reset before readiness leaves what follows it", async () => {
      const { db, users, errors } = await fixture.open([user("1", "a"), control("reset"), user("2", "b")]);
      await db.preload();
      expect(plain(users.toArray)).toEqual([{ id: "2", name: "b" }]);
      expect(errors).toEqual([]);
    });

    it("a reset after readiness replaces all rows in one change, and rows go on being added", async () => {
      const { db, users, stream } = await fixture.open([user("1", "a"), user("2", "b")]);
      await db.preload();
      const sizes: number[] = [];
      users.subscribeChanges(() => sizes.push(users.size));
      await appendEvents(stream, [control("reset"), user("2", "c"), user("3", "d")], { txid: "reset" });
      await db.utils.awaitTxId("reset");
      expect(plain(users.toArray)).toEqual([
        { id: "2", name: "c" },
        { id: "3", name: "d" },
      ]);
      expect(sizes).toEqual([2]);
      await appendEvents(stream, [user("4", "e")], { txid: "after" });
      await db.utils.awaitTxId("after");
      expect(users.size).toBe(3);
    });

    it("a snapshot over several requests shows at its end, and drops what it did not mention", async () => {
      const { db, users, stream } = await fixture.open([user("1", "a"), user("2", "b")]);
      await db.preload();
      const sizes: number[] = [];
      users.subscribeChanges(() => sizes.push(users.size));
      await appendEvents(stream, [control("snapshot-start"), user("3", "c")]);
      await appendEvents(stream, [user("2", "d"), control("snapshot-end")], { txid: "end" });
      await db.utils.awaitTxId("end");
      expect(plain(users.toArray)).toEqual([
        { id: "2", name: "d" },
        { id: "3", name: "c" },
      ]);
      expect(sizes).toEqual([2]);
    });

    it("a snapshot without an end is shown after five seconds, and reported", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
      try {
        const { db, users, errors } = await fixture.open([
          user("1", "a"),
          control("snapshot-start"),
          user("2", "b"),
        ]);
        const loaded = db.preload();
        await vi.waitFor(async () => {
          await vi.advanceTimersByTimeAsync(1000);
          expect(users.size).toBe(2);
        });
        await loaded;
        expect(errors.map(({ code }) => code)).toEqual(["SNAPSHOT_NOT_ENDED"]);
      } finally {
        vi.useRealTimers();
      }
    });
  });
}
