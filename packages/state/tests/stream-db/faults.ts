import { DurableStream } from "@perennial/client";
import { appendEvents, type ChangeEvent } from "@perennial/state";
import { describe, expect, it, vi } from "vitest";
import { plain, user } from "../support/board.ts";
import type { Fixture } from "./fixture.ts";

export function describeFaults(fixture: Fixture): void {
  describe("what goes wrong", () => {
    it("a bad message is reported with its place and stops nothing", async () => {
      const primitive: ChangeEvent = {
        type: "user",
        key: "2",
        value: "dark",
        headers: { operation: "insert" },
      };
      const unknown = { type: "user", key: "3", value: {}, headers: { operation: "merge" } } as never;
      const { db, users, errors, stream } = await fixture.open([
        user("1", "a"),
        primitive,
        unknown,
        5 as never,
        user("4", "d"),
      ]);
      await db.preload();
      expect(users.toArray.map(({ id }) => id)).toEqual(["1", "4"]);
      expect(errors.map(({ code, position }) => [code, position?.index])).toEqual([
        ["ROW_NOT_OBJECT", 1],
        ["UNKNOWN_OPERATION", 2],
        ["MALFORMED_MESSAGE", 3],
      ]);
      expect(errors[0]?.message).toMatch(
        /StreamDB collections require object values; got string for type=user, key=2/,
      );
      expect(errors[2]?.position).toEqual({ after: "-1", index: 3, offset: db.offset });
      await appendEvents(stream, [user("5", "e")], { txid: "next" });
      await db.utils.awaitTxId("next");
      expect(users.size).toBe(3);
    });

    it("with validate, rows that their schema refuses are reported, others take its output", async () => {
      const events = [
        { type: "user", key: "1", value: { id: "1" }, headers: { operation: "insert" } },
        { type: "task", key: "7", value: { nr: "7", title: "Write" }, headers: { operation: "insert" } },
      ] as ChangeEvent[];
      const { db, errors } = await fixture.open(events, { validate: true });
      await db.preload();
      expect(errors.map(({ code }) => code)).toEqual(["ROW_INVALID"]);
      expect(plain(db.collections.tasks.toArray)).toEqual([{ nr: 7, title: "Write" }]);
    });

    it("a hook or a listener that throws is reported and stops nothing", async () => {
      const fail = () => {
        throw new Error("mine");
      };
      const hooks = { onEvent: fail, onBeforeBatch: fail, onBatch: fail, onCommit: fail };
      const { db, users, errors } = await fixture.open([user("1", "a")], hooks);
      await db.preload();
      expect(users.size).toBe(1);
      const messages = errors.filter(({ code }) => code === "HOOK_FAILED").map(({ message }) => message);
      expect(new Set(messages)).toEqual(
        new Set(["onBeforeBatch threw", "onEvent threw", "onBatch threw", "onCommit threw"]),
      );
    });

    it("an onError that throws stops nothing", async () => {
      const log = vi.spyOn(console, "error").mockImplementation(() => {});
      const onError = () => {
        throw new Error("mine");
      };
      const { db, users } = await fixture.open([5 as never, user("1", "a")], { onError });
      await db.preload();
      expect(users.size).toBe(1);
      expect(log).toHaveBeenCalledWith(
        "an onError handler threw",
        expect.any(Error),
        "when told of",
        expect.any(Error),
      );
      log.mockRestore();
    });

    it("reading that ends before the tail rejects preload; a later preload tries again", async () => {
      const { db, stream } = await fixture.open([user("1", "a")]);
      const read = stream.stream.bind(stream);
      const cancelled = async (options: Parameters<typeof read>[0]) => {
        const response = await read(options);
        response.cancel();
        return response as never;
      };
      vi.spyOn(stream, "stream").mockImplementationOnce(cancelled as never);
      await expect(db.preload()).rejects.toThrow("ended before the tail was reached");
      expect(db.status).toBe("failed");
      await db.preload();
      expect([db.status, db.collections.users.size]).toEqual(["ready", 1]);
    });

    it("a preload that fails and that nobody waits for is told to the console where there is no onError", async () => {
      const log = vi.spyOn(console, "error").mockImplementation(() => {});
      const url = `${fixture.server.url}/v1/stream/missing-${Math.random()}`;
      const { db } = await fixture.open([], {
        stream: new DurableStream({ url, warnOnHttp: false }),
        onError: undefined,
      });
      void db.preload();
      await vi.waitFor(() => expect(db.status).toBe("failed"));
      expect(log.mock.calls).toEqual([[expect.objectContaining({ code: "READ_FAILED", cause: db.error })]]);
      log.mockRestore();
    });

    it("a missing stream rejects preload; a later preload tries again", async () => {
      const url = `${fixture.server.url}/v1/stream/late-${Math.random()}`;
      const stream = new DurableStream({ url, warnOnHttp: false });
      const { db, users, errors } = await fixture.open([], { stream });
      await expect(db.preload()).rejects.toMatchObject({ status: 404 });
      expect(errors.map(({ code, cause }) => [code, cause])).toEqual([["READ_FAILED", db.error]]);
      expect([db.status, db.error?.message]).toEqual(["failed", expect.stringContaining("404")]);
      await expect(db.utils.awaitTxId("any")).rejects.toMatchObject({ status: 404 });
      await DurableStream.create({ url, contentType: "application/json", warnOnHttp: false });
      await appendEvents(stream, [user("1", "a")]);
      await db.preload();
      expect([users.size, users.status, db.status]).toEqual([1, "ready", "ready"]);
    });
  });
}
