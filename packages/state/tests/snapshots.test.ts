import { DurableStream } from "@perennial/client";
import {
  appendEvents,
  compact,
  deleteSnapshots,
  type StateEvent,
  type StateStreamError,
} from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { board, plain, user } from "./support/board.ts";
import { createStream, servers, type TestServer } from "./support/servers.ts";

/** A stream that fails one request, chosen by number, after the server has carried it out. */
function failingAt(failure: number): typeof fetch {
  let requests = 0;
  return async (input, init) => {
    const response = await fetch(input, init);
    if (++requests !== failure) return response;
    await response.arrayBuffer();
    throw new Error("the compactor died");
  };
}

describe.each(Object.keys(servers))("snapshots on %s", (name) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await servers[name]!();
  });
  afterAll(() => server.stop());

  async function openLatest(stream: DurableStream) {
    const errors: StateStreamError[] = [];
    const read: number[] = [];
    const db = createStreamDB({
      stream,
      state: board,
      live: false,
      from: "latest-snapshot",
      onError: (error) => errors.push(error),
      onBatch: (batch) => read.push(batch.items.length),
    });
    await db.preload();
    const rows = plain(db.collections.users.toArray);
    db.close();
    return { rows, errors, read: read.reduce((sum, length) => sum + length, 0), offset: db.offset };
  }

  it("keep the fields of rows whose updates are merged", async () => {
    const stream = await createStream(server);
    const part = (value: object): StateEvent => ({
      type: "user",
      key: "1",
      value,
      headers: { operation: "update" },
    });
    await appendEvents(stream, [user("1", "Ada"), part({ email: "a@x" })]);
    await compact(stream, { updates: "merge" });
    await appendEvents(stream, [part({ name: "Grace" })]);
    const db = createStreamDB({
      stream,
      state: board,
      live: false,
      from: "latest-snapshot",
      updates: "merge",
    });
    await db.preload();
    expect(plain(db.collections.users.toArray)).toEqual([{ id: "1", name: "Grace", email: "a@x" }]);
    db.close();
  });

  it("spare new readers all changes before them", async () => {
    const stream = await createStream(server);
    for (const round of ["a", "b", "c"]) await appendEvents(stream, [user("1", round), user("2", round)]);
    await appendEvents(stream, [board.users.delete({ key: "2" })]);
    const result = await compact(stream);
    expect(result.written).toBe(true);
    await appendEvents(stream, [user("3", "d")]);
    const { rows, read, errors } = await openLatest(stream);
    expect(rows).toEqual([
      { id: "1", name: "c" },
      { id: "3", name: "d" },
    ]);
    expect([read, errors]).toEqual([1, []]);
  });

  it("leave the stream itself alone, and readers that know nothing of them", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [user("1", "a"), user("1", "b")]);
    const before = await (await stream.stream({ live: false })).json();
    const { offset } = await compact(stream);
    expect(await (await stream.stream({ live: false })).json()).toEqual(before);
    expect((await stream.head()) as object).toMatchObject({ offset });
  });

  it("are themselves state streams, closed, and hold all types", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [
      user("1", "a"),
      { type: "theme", key: "colour", value: "dark", headers: { operation: "insert" } },
    ]);
    const { url, offset } = await compact(stream);
    const snapshot = new DurableStream({ url, warnOnHttp: false });
    const response = await snapshot.stream<StateEvent>({ live: false });
    expect(
      (await response.json()).map((event) => ({ ...event, headers: withoutOffset(event.headers) })),
    ).toEqual([
      { headers: { control: "snapshot-start" } },
      { type: "theme", key: "colour", value: "dark", headers: { operation: "upsert" } },
      { type: "user", key: "1", value: { id: "1", name: "a" }, headers: { operation: "upsert" } },
      { headers: { control: "snapshot-end" } },
    ]);
    expect(response.streamClosed).toBe(true);
    expect(url).toContain(`.snapshots/${offset}-`);
  });

  it("are not written again for a stream that has not grown", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [user("1", "a")]);
    const first = await compact(stream);
    expect(await compact(stream)).toEqual({ ...first, written: false });
  });

  it("are written once by compactors that work at the same time", async () => {
    const stream = await createStream(server);
    // Two chunks and more.
    const long = "x".repeat(100_000);
    await appendEvents(
      stream,
      ["1", "2", "3", "4", "5"].map((id) => user(id, long + id)),
    );
    const results = await Promise.all([compact(stream), compact(stream), compact(stream)]);
    expect(new Set(results.map(({ url }) => url)).size).toBe(1);
    const index = new DurableStream({ url: `${stream.url}.snapshots`, warnOnHttp: false });
    expect(await (await index.stream({ live: false })).json()).toHaveLength(1);
    const { rows, read } = await openLatest(stream);
    expect([rows.length, read]).toEqual([5, 0]);
  });

  it("stay right while others write to the stream", async () => {
    const stream = await createStream(server);
    const writing = (async () => {
      for (let round = 0; round < 30; round++) {
        await appendEvents(stream, [user(String(round % 7), String(round)), user(String(round % 5), "x")]);
      }
    })();
    while (!(await settled(writing))) await compact(stream);
    const replay = createStreamDB({ stream, state: board, live: false });
    await replay.preload();
    expect((await openLatest(stream)).rows).toEqual(plain(replay.collections.users.toArray));
  });

  it("that were interrupted anywhere are not used, and finished by the next compactor", async () => {
    for (let failure = 1; failure <= 9; failure++) {
      const stream = await createStream(server);
      const big = "x".repeat(300_000);
      await appendEvents(stream, [user("1", big), user("2", "b")]);
      const fetch = failingAt(failure);
      const openStream = (url: string) =>
        new DurableStream({ url, fetch, warnOnHttp: false, backoffOptions: { maxRetries: 0 } });
      await compact(stream, { openStream, onError: () => {} }).catch(() => {});
      expect((await openLatest(stream)).rows).toHaveLength(2);
      await compact(stream);
      const { read, rows, errors } = await openLatest(stream);
      expect([read, rows.length, errors]).toEqual([0, 2, []]);
    }
  });

  it("are kept two at a time, and a reader does without one that is gone", async () => {
    const stream = await createStream(server);
    const urls: string[] = [];
    for (const name of ["a", "b", "c"]) {
      await appendEvents(stream, [user("1", name)]);
      urls.push((await compact(stream)).url);
    }
    const heads = await Promise.all(urls.map((url) => DurableStream.head({ url, warnOnHttp: false })));
    expect(heads.map(({ exists }) => exists)).toEqual([false, true, true]);
    await DurableStream.delete({ url: urls[2]!, warnOnHttp: false });
    const { rows, errors, read } = await openLatest(stream);
    expect([rows, read]).toEqual([[{ id: "1", name: "c" }], 1]);
    expect(errors.map(({ code }) => code)).toEqual(["SNAPSHOT_UNUSABLE"]);
  });

  it("carry on a snapshot that is open in the stream", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [user("1", "a"), { headers: { control: "snapshot-start" } }, user("2", "b")]);
    await compact(stream);
    await appendEvents(stream, [{ headers: { control: "snapshot-end" } }]);
    const { rows, errors } = await openLatest(stream);
    expect([rows, errors]).toEqual([[{ id: "2", name: "b" }], []]);
  });

  it("go with their stream where deleteSnapshots is called", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [user("1", "a")]);
    const { url } = await compact(stream);
    await deleteSnapshots(stream);
    await deleteSnapshots(stream);
    for (const gone of [url, `${stream.url}.snapshots`]) {
      expect(await DurableStream.head({ url: gone, warnOnHttp: false })).toEqual({ exists: false });
    }
  });

  it("are not missed where there are none", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [user("1", "a")]);
    const { rows, errors } = await openLatest(stream);
    expect([rows.length, errors]).toEqual([1, []]);
  });
});

/** The reference server overwrites `headers.offset` of every message that it sends. */
function withoutOffset(headers: object): object {
  const { offset: _, ...rest } = headers as { offset?: string };
  return rest;
}

async function settled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(resolve, false)),
  ]);
}
