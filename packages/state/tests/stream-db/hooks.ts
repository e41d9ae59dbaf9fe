import { appendEvents, type ChangeEvent } from "@perennial/state";
import { describe, expect, it } from "vitest";
import { user } from "../support/board.ts";
import type { Fixture } from "./fixture.ts";

export function describeHooks(fixture: Fixture): void {
  describe("hooks", () => {
    it("see each change, of unknown types too, before it shows; onCommit sees it shown", async () => {
      const log: unknown[] = [];
      const alien: ChangeEvent = { type: "alien", key: "1", value: 1, headers: { operation: "insert" } };
      const { db, users } = await fixture.open([user("1", "a"), alien], {
        live: false,
        onBeforeBatch: (batch) => log.push(["before", batch.items.length, users.size]),
        onEvent: (event) => log.push([event.type, users.size]),
        onBatch: () => log.push(["after", users.size]),
        onCommit: ({ offset }) => log.push(["commit", users.size, offset === db.offset]),
      });
      await db.preload();
      expect(log).toEqual([
        ["before", 2, 0],
        ["user", 0],
        ["alien", 0],
        ["after", 0],
        ["commit", 1, true],
      ]);
    });

    it("find the end offset on the last change of each batch, whatever the server", async () => {
      const offsets: Array<string | undefined> = [];
      const { db, stream } = await fixture.open([user("1", "a")], {
        onEvent: (event) => offsets.push(event.headers.offset),
      });
      await db.preload();
      await appendEvents(stream, [user("2", "b")], { txid: "second" });
      await db.utils.awaitTxId("second");
      expect(offsets).toEqual([expect.stringMatching(/^\d{16}_\d{16}$/), db.offset]);
      expect(offsets[0]).not.toBe(offsets[1]);
    });
  });
}
