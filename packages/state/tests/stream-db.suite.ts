import { DurableStream } from "@perennial/client";
import { appendEvents, type ChangeEvent, type StateEvent, type StateStreamError } from "@perennial/state";
import { type CreateStreamDBOptions, createStreamDB, getStreamDBCollectionId } from "@perennial/state/db";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { board, plain, user } from "./support/board.ts";
import { createStream, servers, type TestServer } from "./support/servers.ts";

type Options = Partial<CreateStreamDBOptions<typeof board>>;

const control = (control: "reset" | "snapshot-start" | "snapshot-end"): StateEvent => ({
  headers: { control },
});

/** What every StreamDB does, whatever version of TanStack DB is below it. */
export function describeStreamDB(): void {
  describe.each(Object.keys(servers))("StreamDB on %s", (name) => {
    let server: TestServer;
    const closing: Array<() => void> = [];

    beforeAll(async () => {
      server = await servers[name]!();
    });
    afterEach(() => {
      for (const close of closing.splice(0)) close();
    });
    afterAll(() => server.stop());

    /** A database over a stream that holds `events`. */
    async function open(events: readonly StateEvent[] = [], options: Options = {}) {
      const stream = options.stream ?? (await createStream(server));
      if (events.length > 0) await appendEvents(stream, events);
      const errors: StateStreamError[] = [];
      const db = createStreamDB({ onError: (error) => errors.push(error), ...options, stream, state: board });
      closing.push(db.close);
      return { db, stream, errors, users: db.collections.users };
    }

    it("needs a stream", () => {
      expect(() => createStreamDB({ state: board })).toThrow(
        "createStreamDB requires stream or streamOptions",
      );
    });

    it("has collections before it has read anything, and sends nothing by itself", async () => {
      const fetch = vi.fn<typeof globalThis.fetch>();
      const url = `${server.url}/v1/stream/none`;
      const db = createStreamDB({ streamOptions: { url, fetch, warnOnHttp: false }, state: board });
      closing.push(db.close);
      expect(db.collections.users.id).toBe(getStreamDBCollectionId(url, "users"));
      expect([db.collections.users.status, db.status, db.offset]).toEqual(["loading", "idle", "-1"]);
      expect(fetch).not.toHaveBeenCalled();
      expect(Object.getPrototypeOf(db)).toBeNull();
      expect(Object.keys(db)).toEqual(
        expect.arrayContaining(["collections", "stream", "offset", "preload", "close", "utils"]),
      );
    });

    it("shows the stream's rows by collection after preload", async () => {
      const task = board.tasks.insert({ value: { nr: 7, title: "Write" } });
      const { db, users } = await open([user("1", "Ada"), task, user("2", "Grace")]);
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
      const { db, users } = await open([noId, user("y", "Grace")]);
      await db.preload();
      expect(Object.keys(users.get("x")!)).toEqual(expect.arrayContaining(["id", "name", "_seq"]));
      expect(users.get("x")).toMatchObject({ id: "x", _seq: 0 });
      expect(users.get("y")).toMatchObject({ _seq: 1 });
    });

    it("is ready with an empty stream, and ignores types that no collection has", async () => {
      const stranger: ChangeEvent = { type: "alien", key: "1", value: {}, headers: { operation: "insert" } };
      const { db, users, errors } = await open([stranger]);
      await db.preload();
      const empty = await open();
      await empty.db.preload();
      expect([users.size, empty.users.size, empty.users.status]).toEqual([0, 0, "ready"]);
      expect(errors).toEqual([]);
    });

    it("replaces rows, also by a repeated insert, and removes them", async () => {
      const full = board.users.insert({ value: { id: "1", name: "Ada", email: "a@x" } });
      const again = board.users.insert({ value: { id: "1", name: "Grace" } });
      const { db, users, stream } = await open([full]);
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
      const { db, users } = await open([
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
      const { db, users, stream } = await open(rows);
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

    describe("control messages", () => {
      it("a reset before readiness leaves what follows it", async () => {
        const { db, users, errors } = await open([user("1", "a"), control("reset"), user("2", "b")]);
        await db.preload();
        expect(plain(users.toArray)).toEqual([{ id: "2", name: "b" }]);
        expect(errors).toEqual([]);
      });

      it("a reset after readiness replaces all rows in one change, and rows go on being added", async () => {
        const { db, users, stream } = await open([user("1", "a"), user("2", "b")]);
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
        const { db, users, stream } = await open([user("1", "a"), user("2", "b")]);
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
          const { db, users, errors } = await open([
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

    describe("what goes wrong", () => {
      it("a bad message is reported with its place and stops nothing", async () => {
        const primitive: ChangeEvent = {
          type: "user",
          key: "2",
          value: "dark",
          headers: { operation: "insert" },
        };
        const unknown = { type: "user", key: "3", value: {}, headers: { operation: "merge" } } as never;
        const { db, users, errors, stream } = await open([
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
        expect(errors[0]?.position).toMatchObject({ after: "-1", offset: db.offset });
        await appendEvents(stream, [user("5", "e")], { txid: "next" });
        await db.utils.awaitTxId("next");
        expect(users.size).toBe(3);
      });

      it("with validate, rows that their schema refuses are reported, others take its output", async () => {
        const events = [
          { type: "user", key: "1", value: { id: "1" }, headers: { operation: "insert" } },
          { type: "task", key: "7", value: { nr: "7", title: "Write" }, headers: { operation: "insert" } },
        ] as ChangeEvent[];
        const { db, errors } = await open(events, { validate: true });
        await db.preload();
        expect(errors.map(({ code }) => code)).toEqual(["ROW_INVALID"]);
        expect(plain(db.collections.tasks.toArray)).toEqual([{ nr: 7, title: "Write" }]);
      });

      it("a hook or a listener that throws is reported and stops nothing", async () => {
        const fail = () => {
          throw new Error("mine");
        };
        const hooks = { onEvent: fail, onBeforeBatch: fail, onBatch: fail, onCommit: fail };
        const { db, users, errors } = await open([user("1", "a")], hooks);
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
        const { db, users } = await open([5 as never, user("1", "a")], { onError });
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
        const { db, stream } = await open([user("1", "a")]);
        const read = stream.stream.bind(stream);
        vi.spyOn(stream, "stream").mockImplementationOnce(async (options) => {
          const response = await read(options);
          response.cancel();
          return response as never;
        });
        await expect(db.preload()).rejects.toThrow("ended before the tail was reached");
        expect(db.status).toBe("failed");
        await db.preload();
        expect([db.status, db.collections.users.size]).toEqual(["ready", 1]);
      });

      it("a missing stream rejects preload; a later preload tries again", async () => {
        const url = `${server.url}/v1/stream/late-${Math.random()}`;
        const stream = new DurableStream({ url, warnOnHttp: false });
        const { db, users } = await open([], { stream });
        await expect(db.preload()).rejects.toMatchObject({ status: 404 });
        expect([db.status, db.error?.message]).toEqual(["failed", expect.stringContaining("404")]);
        await expect(db.utils.awaitTxId("any")).rejects.toMatchObject({ status: 404 });
        await DurableStream.create({ url, contentType: "application/json", warnOnHttp: false });
        await appendEvents(stream, [user("1", "a")]);
        await db.preload();
        expect([users.size, users.status, db.status]).toEqual([1, "ready", "ready"]);
      });
    });

    describe("preload and close", () => {
      it("one reader serves any number of preloads", async () => {
        const fetch = vi.fn(globalThis.fetch);
        const { url } = await createStream(server);
        const stream = new DurableStream({ url, fetch, warnOnHttp: false });
        const { db } = await open([], { stream, live: false });
        await Promise.all([db.preload(), db.preload()]);
        await db.preload();
        expect(fetch).toHaveBeenCalledTimes(1);
      });

      it.each([
        [false, [null]],
        ["long-poll" as const, [null, "long-poll"]],
      ])("live: %s asks for %j", async (live, expected) => {
        const modes: Array<string | null> = [];
        const { url } = await createStream(server);
        const fetch: typeof globalThis.fetch = (input, init) => {
          modes.push(new URL(String(input)).searchParams.get("live"));
          return globalThis.fetch(input, init);
        };
        const { db } = await open([], { stream: new DurableStream({ url, fetch, warnOnHttp: false }), live });
        await db.preload();
        await vi.waitFor(() => expect(modes).toEqual(expected));
      });

      it("shows changes over SSE as well", async () => {
        const { db, users, stream } = await open([user("1", "a")], { live: "sse" });
        await db.preload();
        await appendEvents(stream, [user("2", "b")], { txid: "sse" });
        await db.utils.awaitTxId("sse");
        expect(users.size).toBe(2);
      });

      it("close rejects whoever waits, at once and later, and leaves rows readable", async () => {
        const { db, users } = await open([user("1", "a")]);
        await db.preload();
        const waiting = db.utils.awaitTxId("never");
        db.close();
        db.close();
        await expect(waiting).rejects.toThrow("StreamDB closed");
        await expect(db.utils.awaitTxId("never")).rejects.toThrow("StreamDB closed");
        await db.preload();
        expect([users.size, users.status, db.status]).toEqual([1, "ready", "closed"]);
        const other = await open();
        const loading = other.db.preload();
        other.db.close();
        await expect(loading).rejects.toThrow("StreamDB closed");
        await expect(other.db.preload()).rejects.toThrow("StreamDB closed");
      });

      it("stays ready when its writer closes the stream", async () => {
        const { db, users, stream } = await open([user("1", "a")]);
        await stream.close();
        await db.preload();
        expect([users.size, db.status]).toEqual([1, "ready"]);
      });

      it("starts at an offset where asked to", async () => {
        const first = await open([user("1", "a")]);
        await first.db.preload();
        const from = first.db.offset;
        await appendEvents(first.stream, [user("2", "b")]);
        const { db, users } = await open([], { stream: first.stream, from });
        await db.preload();
        expect(users.toArray.map(({ id }) => id)).toEqual(["2"]);
      });
    });

    describe("hooks", () => {
      it("see each change, of unknown types too, before it shows; onCommit sees it shown", async () => {
        const log: unknown[] = [];
        const alien: ChangeEvent = { type: "alien", key: "1", value: 1, headers: { operation: "insert" } };
        const { db, users } = await open([user("1", "a"), alien], {
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
        const { db, stream } = await open([user("1", "a")], {
          onEvent: (event) => offsets.push(event.headers.offset),
        });
        await db.preload();
        await appendEvents(stream, [user("2", "b")], { txid: "second" });
        await db.utils.awaitTxId("second");
        expect(offsets).toEqual([expect.stringMatching(/^\d{16}_\d{16}$/), db.offset]);
        expect(offsets[0]).not.toBe(offsets[1]);
      });
    });

    describe("transaction ids", () => {
      it("resolve when their change shows, for any number of waiters, and ever after", async () => {
        const { db, users, stream } = await open();
        await db.preload();
        const waiting = [db.utils.awaitTxId("t1"), db.utils.awaitTxId("t1"), db.utils.awaitTxId("t2")];
        await appendEvents(stream, [user("1", "a")], { txid: "t1" });
        await appendEvents(
          stream,
          [{ type: "alien", key: "1", value: 1, headers: { operation: "insert" } }],
          {
            txid: "t2",
          },
        );
        await Promise.all(waiting);
        expect(users.size).toBe(1);
        await db.utils.awaitTxId("t1", 1);
      });

      it("time out", async () => {
        const { db } = await open();
        await db.preload();
        await expect(db.utils.awaitTxId("never", 20)).rejects.toThrow("Timeout waiting for txid: never");
      });
    });

    describe("actions", () => {
      /** A database whose actions write by the stream and wait for what they wrote. */
      async function openWithActions() {
        const stream = await createStream(server);
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
        closing.push(db.close);
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
  });
}
