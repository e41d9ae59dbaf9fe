import { DurableStream } from "@perennial/client";
import { appendEvents } from "@perennial/state";
import { describe, expect, it, vi } from "vitest";
import { board, plain, user } from "../support/board.ts";
import type { Fixture } from "./fixture.ts";

export function describeLifeCycle(fixture: Fixture): void {
  describe("preload and close", () => {
    it("one reader serves any number of preloads", async () => {
      const fetch = vi.fn(globalThis.fetch);
      const { url } = await fixture.createStream();
      const stream = new DurableStream({ url, fetch, warnOnHttp: false });
      const { db } = await fixture.open([], { stream, live: false });
      await Promise.all([db.preload(), db.preload()]);
      await db.preload();
      expect(fetch).toHaveBeenCalledTimes(1);
    });

    it.each([
      [false, [null]],
      ["long-poll" as const, [null, "long-poll"]],
    ])("live: %s asks for %j", async (live, expected) => {
      const modes: Array<string | null> = [];
      const { url } = await fixture.createStream();
      const fetch: typeof globalThis.fetch = (input, init) => {
        modes.push(new URL(String(input)).searchParams.get("live"));
        return globalThis.fetch(input, init);
      };
      const { db } = await fixture.open([], {
        stream: new DurableStream({ url, fetch, warnOnHttp: false }),
        live,
      });
      await db.preload();
      await vi.waitFor(() => expect(modes).toEqual(expected));
    });

    it("takes offsets as they come, of whatever form", async () => {
      const headers = {
        "Content-Type": "application/json",
        "Stream-Next-Offset": "0",
        "Stream-Up-To-Date": "true",
      };
      const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response("[]", { headers }));
      const stream = new DurableStream({ url: "http://127.0.0.1/stream", fetch, warnOnHttp: false });
      const { db } = await fixture.open([], { stream, live: false });
      await db.preload();
      expect([db.offset, db.status]).toEqual(["0", "ready"]);
      expect(fetch).toHaveBeenCalledTimes(1);
    });

    it("shows changes over SSE as well", async () => {
      const { db, users, stream } = await fixture.open([user("1", "a")], { live: "sse" });
      await db.preload();
      await appendEvents(stream, [user("2", "b")], { txid: "sse" });
      await db.utils.awaitTxId("sse");
      expect(users.size).toBe(2);
    });

    it("close rejects whoever waits for a transaction, at once and later, and leaves rows readable", async () => {
      const { db, users } = await fixture.open([user("1", "a")]);
      await db.preload();
      const waiting = db.utils.awaitTxId("never");
      db.close();
      db.close();
      await expect(waiting).rejects.toThrow("StreamDB closed");
      await expect(db.utils.awaitTxId("never")).rejects.toThrow("StreamDB closed");
      await db.preload();
      expect([users.size, users.status, db.status]).toEqual([1, "ready", "closed"]);
    });

    it("close is no failure for who waits for the rows: an effect that is undone at once shows no error", async () => {
      const { db, users, errors } = await fixture.open([user("1", "a")]);
      const loading = db.preload();
      db.close();
      await loading;
      await db.preload();
      expect([users.size, db.status, db.error, errors]).toEqual([0, "closed", undefined, []]);
    });

    it("says when its status changes, until it is told not to", async () => {
      const { db } = await fixture.open([user("1", "a")]);
      const seen: string[] = [];
      const stop = db.utils.onStatusChange(() => seen.push(db.status));
      await db.preload();
      stop();
      db.close();
      expect(seen).toEqual(["loading", "ready"]);
    });

    it("a collection that was cleaned up gets its rows back, with what came meanwhile", async () => {
      const { db, users, stream } = await fixture.open([user("1", "a"), user("2", "b")]);
      await db.preload();
      await users.cleanup();
      expect(users.status).toBe("cleaned-up");
      await appendEvents(stream, [user("3", "c"), board.users.delete({ key: "1" })], { txid: "away" });
      await db.utils.awaitTxId("away");
      await users.preload();
      expect(plain(users.toArray).map(({ id }) => id)).toEqual(["2", "3"]);
      await appendEvents(stream, [user("2", "d")], { txid: "back" });
      await db.utils.awaitTxId("back");
      expect(users.get("2")?.name).toBe("d");
    });

    it("the database's preload starts collections again that were cleaned up, before and after readiness", async () => {
      const { db, users } = await fixture.open([user("1", "a")]);
      await users.cleanup();
      await db.preload();
      expect([users.status, users.size]).toEqual(["ready", 1]);
      await users.cleanup();
      await db.preload();
      expect([users.status, users.size]).toEqual(["ready", 1]);
    });

    it("stays ready when its writer closes the stream", async () => {
      const { db, users, stream } = await fixture.open([user("1", "a")]);
      await stream.close();
      await db.preload();
      expect([users.size, db.status]).toEqual([1, "ready"]);
    });

    it("starts at an offset where asked to", async () => {
      const first = await fixture.open([user("1", "a")]);
      await first.db.preload();
      const from = first.db.offset;
      await appendEvents(first.stream, [user("2", "b")]);
      const { db, users } = await fixture.open([], { stream: first.stream, from });
      await db.preload();
      expect(users.toArray.map(({ id }) => id)).toEqual(["2"]);
    });
  });
}
