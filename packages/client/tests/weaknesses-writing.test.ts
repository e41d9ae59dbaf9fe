import { describe, expect, test, vi } from "vitest";
import {
  DurableStream,
  DurableStreamError,
  FetchBackoffAbortError,
  FetchError,
  IdempotentProducer,
  type IdempotentProducerOptions,
  StaleEpochError,
  StreamClosedError,
} from "../src/index.ts";
import { type Answer, page, scriptedFetch } from "./support/scripted-fetch.ts";

const url = "https://example.test/streams/s";
const backoffOptions = { initialDelay: 1, maxDelay: 2, multiplier: 1 };

const stored = (next: string) => page(null, { next, status: 200 });
const duplicate = () => new Response(null, { status: 204 });
const appended = (next: string) => page(null, { next, status: 204 });
const busy = () => page("busy", { status: 503, type: "text/plain" });
const closed = () => page("Stream is closed", { status: 409, closed: true, next: "z", type: "text/plain" });
const fenced = (epoch: number) =>
  page("stale", { status: 403, headers: { "producer-epoch": String(epoch) } });
const gap = (expected: number, received: number) =>
  page("gap", {
    status: 409,
    headers: { "producer-expected-seq": String(expected), "producer-received-seq": String(received) },
  });

function producerWith(answers: Answer[], options: IdempotentProducerOptions = {}) {
  const fetch = scriptedFetch(...answers);
  const errors: Error[] = [];
  const handle = new DurableStream({ url, fetch, contentType: "text/plain", backoffOptions });
  const onError = (error: Error) => errors.push(error);
  const producer = new IdempotentProducer(handle, "p", {
    lingerMs: 0,
    maxBatchBytes: 1,
    onError,
    ...options,
  });
  const tuples = () =>
    fetch.requests.map(({ headers, body }) => [
      Number(headers["producer-epoch"]),
      Number(headers["producer-seq"]),
      body === undefined ? "" : new TextDecoder().decode(body as Uint8Array),
    ]);
  return { fetch, errors, producer, tuples };
}

describe("known weaknesses of the official client, producers", () => {
  test("W9: a batch is repeated under the same tuple after network failures, 5xx and 429", async () => {
    const { producer, errors, tuples } = producerWith([
      new TypeError("fetch failed"),
      busy(),
      page("slow down", { status: 429 }),
      stored("a"),
      stored("b"),
    ]);
    producer.append("1");
    producer.append("2");
    await producer.flush({ rejectOnError: true });
    expect(tuples()).toEqual([
      [0, 0, "1"],
      [0, 0, "1"],
      [0, 0, "1"],
      [0, 0, "1"],
      [0, 1, "2"],
    ]);
    expect(errors).toEqual([]);
    expect(producer.lastSuccessfulOffset).toBe("b");
  });

  test("W9: a batch that cannot be stored stops the producer, and every batch behind it is reported", async () => {
    const { producer, errors, fetch } = producerWith(
      [stored("a"), page("bad", { status: 400 }), stored("b")],
      {
        maxInFlight: 1,
      },
    );
    for (const message of ["1", "2", "3"]) producer.append(message);
    await expect(producer.flush({ rejectOnError: true })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      status: 400,
    });
    producer.append("4");
    await producer.flush();
    expect(errors).toHaveLength(3);
    expect(fetch.requests).toHaveLength(2);
    await producer.restart();
    producer.append("5");
    await producer.flush({ rejectOnError: true });
    expect(producer.epoch).toBe(1);
  });

  test("W9: retries end with maxRetries and with the deadline", async () => {
    for (const limit of [{ maxRetries: 1 }, { deadline: 0, initialDelay: 5, maxDelay: 5 }]) {
      const failures = Array.from({ length: 5 }, () => new TypeError("fetch failed"));
      const { producer, fetch } = producerWith(failures, { backoffOptions: { ...backoffOptions, ...limit } });
      producer.append("1");
      await expect(producer.flush({ rejectOnError: true })).rejects.toThrow("fetch failed");
      expect(fetch.requests.length).toBeLessThanOrEqual(2);
    }
  });

  test("W10: the producer uses the handle's params and fetch", async () => {
    const fetch = scriptedFetch(stored("a"));
    const handle = new DurableStream({ url, fetch, params: { tenant: "t" }, headers: { a: "1", b: "1" } });
    const producer = new IdempotentProducer(handle, "p", { headers: { B: () => "2" } });
    producer.append("1");
    await producer.flush({ rejectOnError: true });
    expect(fetch.requests[0]?.url.search).toBe("?tenant=t");
    expect(fetch.requests[0]?.headers).toMatchObject({ a: "1", b: "2", "producer-id": "p" });
  });

  test.each([0, 1])(
    "W13: a stream closed by someone else is a StreamClosedError, at sequence %i",
    async (seq) => {
      const { producer, errors, fetch } = producerWith([
        ...Array.from({ length: seq }, () => stored("a")),
        closed(),
      ]);
      for (let message = 0; message <= seq; message++) {
        producer.append("1");
        await producer.flush();
      }
      expect(errors).toHaveLength(1);
      expect(errors[0]).toBeInstanceOf(StreamClosedError);
      expect(errors[0]).toBeInstanceOf(FetchError);
      expect(errors[0]).toMatchObject({ finalOffset: "z" });
      expect(fetch.requests).toHaveLength(seq + 1);
    },
  );

  test("W13: a 409 that expects the very number it received is a conflict, not a gap", async () => {
    const { producer, errors } = producerWith([gap(0, 0)]);
    producer.append("1");
    await producer.flush();
    expect(errors).toMatchObject([{ name: "DurableStreamError", code: "CONFLICT_SEQ" }]);
  });

  test("W15: a 403 that names no epoch is not a fence", async () => {
    const { producer, errors, fetch } = producerWith([page("forbidden", { status: 403 })], {
      autoClaim: true,
    });
    producer.append("1");
    await producer.flush();
    expect(errors).toMatchObject([{ name: "FetchError", status: 403 }]);
    expect(fetch.requests).toHaveLength(1);
  });

  test("W15: take-overs are bounded", async () => {
    const answers = Array.from({ length: 50 }, (_, epoch) => fenced(epoch + 10));
    const { producer, errors, fetch } = producerWith(answers, { autoClaim: true });
    producer.append("1");
    await producer.flush();
    expect(errors[0]).toBeInstanceOf(StaleEpochError);
    expect(fetch.requests.length).toBeLessThan(10);
  });

  test("W16: batches in flight when the producer is fenced are sent again in order, under the new epoch", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const late = (answer: Response) => () => held.then(() => answer);
    const { producer, errors, tuples } = producerWith(
      [stored("a"), late(stored("b")), fenced(7), late(fenced(7)), stored("c"), stored("d")],
      { autoClaim: true, epoch: 0 },
    );
    producer.append("0");
    await producer.flush();
    for (const message of ["1", "2", "3"]) producer.append(message);
    await vi.waitFor(() => expect(tuples()).toHaveLength(4));
    release();
    await producer.flush({ rejectOnError: true });
    expect(tuples().slice(1)).toEqual([
      [0, 1, "1"],
      [0, 2, "2"],
      [0, 3, "3"],
      [8, 0, "2"],
      [8, 1, "3"],
    ]);
    expect(errors).toEqual([]);
  });

  test("W17: close() after detach() is refused and sends nothing", async () => {
    const { producer, fetch } = producerWith([]);
    await producer.detach();
    await expect(producer.close()).rejects.toMatchObject({ code: "ALREADY_CLOSED" });
    expect(() => producer.append("1")).toThrow(DurableStreamError);
    expect(fetch.requests).toHaveLength(0);
  });

  test("requests that overtake one another are sent again once the earlier ones are stored", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { producer, tuples } = producerWith([
      stored("a"),
      () => held.then(() => stored("b")),
      () => gap(1, 2),
      stored("c"),
    ]);
    producer.append("0");
    await producer.flush();
    producer.append("1");
    producer.append("2");
    await vi.waitFor(() => expect(tuples()).toHaveLength(3));
    release();
    await producer.flush({ rejectOnError: true });
    expect(tuples()).toEqual([
      [0, 0, "0"],
      [0, 1, "1"],
      [0, 2, "2"],
      [0, 2, "2"],
    ]);
  });

  test("close() repeats its request under the same tuple and keeps the first final message", async () => {
    const { producer, tuples } = producerWith([
      stored("a"),
      busy(),
      page("no", { status: 404 }),
      stored("z"),
    ]);
    producer.append("1");
    await expect(producer.close("end")).rejects.toMatchObject({ status: 404 });
    expect(await producer.close("other")).toEqual({ finalOffset: "z" });
    expect(await producer.close("other")).toEqual({ finalOffset: "z" });
    expect(tuples().slice(1)).toEqual([
      [0, 1, "end"],
      [0, 1, "end"],
      [0, 1, "end"],
    ]);
  });

  test("close() does not close a stream with a hole", async () => {
    const { producer, fetch } = producerWith([page("bad", { status: 400 })]);
    producer.append("1");
    await expect(producer.close()).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(fetch.requests).toHaveLength(1);
  });

  test("an aborted producer reports what was not sent and sends nothing more", async () => {
    const controller = new AbortController();
    const { producer, errors, fetch } = producerWith([], { signal: controller.signal, maxBatchBytes: 100 });
    producer.append("1");
    controller.abort();
    await producer.flush();
    expect(errors).toMatchObject([{ code: "ALREADY_CLOSED", message: "Producer aborted" }]);
    expect(fetch.requests).toHaveLength(0);
  });
});

describe("known weaknesses of the official client, handles", () => {
  const handleWith = (...answers: Answer[]) => {
    const fetch = scriptedFetch(...answers);
    return { fetch, handle: new DurableStream({ url, fetch, backoffOptions, contentType: "text/plain" }) };
  };

  test("W18: a failed append does not reject those behind it", async () => {
    const { handle, fetch } = handleWith(page("bad", { status: 400 }), appended("a"));
    const first = handle.append("1");
    const second = handle.append("2");
    await expect(first).rejects.toMatchObject({ status: 400 });
    expect(await second).toEqual({ offset: "a", duplicate: false });
    expect(fetch.requests.map((request) => request.body)).toEqual(["1", "2"]);
  });

  test("W18: a refused batch is tried one by one", async () => {
    const { handle, fetch } = handleWith(
      appended("a"),
      page("bad", { status: 400 }),
      appended("b"),
      page("bad", { status: 400 }),
    );
    const results = await Promise.allSettled(["1", "2", "3"].map((message) => handle.append(message)));
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(fetch.requests.map((request) => request.body)).toEqual(["1", "23", "2", "3"]);
  });

  test("W18: an aborted append fails alone", async () => {
    const controller = new AbortController();
    const { handle, fetch } = handleWith(appended("a"), appended("b"));
    const appends = [
      handle.append("1"),
      handle.append("2", { signal: controller.signal }),
      handle.append("3"),
    ];
    controller.abort();
    const results = await Promise.allSettled(appends);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: expect.any(FetchBackoffAbortError) });
    expect(fetch.requests.map((request) => request.body)).toEqual(["1", "3"]);
  });

  test("W20: appendStream() is not repeated once its source was started", async () => {
    const { handle, fetch } = handleWith(async (request) => {
      const init = { method: "POST", body: request.body as ReadableStream, duplex: "half" };
      await new Request(url, init).text();
      return new TypeError("connection reset");
    });
    async function* source() {
      yield "1";
    }
    await expect(handle.appendStream(source())).rejects.toThrow("connection reset");
    expect(fetch.requests).toHaveLength(1);
  });

  test("W20: appendStream() is repeated while nothing was taken from its source", async () => {
    const bodies: string[] = [];
    const { handle } = handleWith(new TypeError("refused"), async (request) => {
      const init = { method: "POST", body: request.body as ReadableStream, duplex: "half" };
      bodies.push(await new Request(url, init).text());
      return appended("a");
    });
    const source = new Blob(["12"]).stream();
    expect(await handle.appendStream(source)).toMatchObject({ offset: "a" });
    expect(bodies).toEqual(["12"]);
  });

  test("W20: a request that can never work is not repeated", async () => {
    const fetch = scriptedFetch(new TypeError("invalid header"), appended("a"));
    const handle = new DurableStream({ url, fetch, headers: { "bad name": "x" } });
    await expect(handle.append("1")).rejects.toThrow(TypeError);
    expect(fetch.requests).toHaveLength(1);
  });

  test("W21: writers can be given a deadline", async () => {
    const fetch = scriptedFetch(...Array.from({ length: 50 }, () => new TypeError("fetch failed")));
    const handle = new DurableStream({ url, fetch, backoffOptions: { ...backoffOptions, deadline: 5 } });
    await expect(handle.append("1")).rejects.toThrow("fetch failed");
    expect(fetch.requests.length).toBeLessThan(50);
  });

  test("W23: stream() of a handle forwards call-level fetch, backoffOptions and sseResilience", async () => {
    const { handle, fetch } = handleWith();
    const ofCall = scriptedFetch(busy(), page("[]", { next: "a", upToDate: true }));
    const rejected = handle.stream({ fetch: ofCall, backoffOptions: { maxRetries: 0 } });
    await expect(rejected).rejects.toMatchObject({ status: 503 });
    expect(ofCall.requests).toHaveLength(1);
    expect(fetch.requests).toHaveLength(0);
  });

  test("W25: producer fields of append() are sent, in a request of their own", async () => {
    const { handle, fetch } = handleWith(stored("a"), duplicate());
    const fields = { producerId: "p", producerEpoch: 2, producerSeq: 5 };
    const results = await Promise.all([handle.append("1", fields), handle.append("1", fields)]);
    expect(results.map((result) => result.duplicate)).toEqual([false, true]);
    expect(fetch.requests[1]?.headers).toMatchObject({
      "producer-id": "p",
      "producer-epoch": "2",
      "producer-seq": "5",
    });
    await expect(handle.append("1", { producerId: "p" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("W26: head() tells time to live and expiry, append() the new offset", async () => {
    const headers = { "stream-ttl": "60", "stream-expires-at": "2030-01-01T00:00:00Z", etag: '"e"' };
    const { handle } = handleWith(page(null, { next: "a", headers }), appended("b"));
    expect(await handle.head()).toMatchObject({
      ttlSeconds: 60,
      expiresAt: "2030-01-01T00:00:00Z",
      etag: '"e"',
    });
    expect((await handle.append("1")).offset).toBe("b");
  });

  test("W29: header names compare ignoring case, and the protocol's win", async () => {
    const fetch = scriptedFetch(appended("a"));
    const handle = new DurableStream({
      url,
      fetch,
      contentType: "text/plain",
      headers: { "Content-Type": "text/html" },
    });
    await handle.append("1");
    expect(fetch.requests[0]?.headers["content-type"]).toBe("text/plain");
  });

  test("W32: connect() to a missing stream fails, head() does not", async () => {
    const missing = () => page(null, { status: 404 });
    const error = await DurableStream.connect({ url, fetch: scriptedFetch(missing()) }).catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(DurableStreamError);
    expect(error).toBeInstanceOf(FetchError);
    expect(error).toMatchObject({ code: "NOT_FOUND", status: 404 });
    expect(String(error)).toContain(url);
    expect(await DurableStream.head({ url, fetch: scriptedFetch(missing()) })).toEqual({ exists: false });
  });

  test("a closed stream is a StreamClosedError that code written for FetchError understands", async () => {
    for (const write of [
      (handle: DurableStream) => handle.append("1"),
      (handle: DurableStream) => handle.close({ body: "1" }),
      (handle: DurableStream) => handle.appendStream(new Blob(["1"]).stream()),
    ]) {
      const error = await write(handleWith(closed()).handle).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StreamClosedError);
      expect(error).toBeInstanceOf(DurableStreamError);
      expect(error).toBeInstanceOf(FetchError);
      expect(error).toMatchObject({
        code: "STREAM_CLOSED",
        status: 409,
        finalOffset: "z",
        url,
        text: "Stream is closed",
      });
      expect((error as FetchError).headers["stream-closed"]).toBe("true");
    }
  });

  test("an existing stream is CONFLICT_EXISTS, a sequence conflict CONFLICT_SEQ, both also FetchErrors", async () => {
    const conflict = () => page("conflict", { status: 409, type: "text/plain" });
    const created = await handleWith(conflict())
      .handle.create()
      .catch((thrown: unknown) => thrown);
    const written = await handleWith(conflict())
      .handle.append("1", { seq: "1" })
      .catch((thrown: unknown) => thrown);
    expect([created, written]).toMatchObject([{ code: "CONFLICT_EXISTS" }, { code: "CONFLICT_SEQ" }]);
    for (const error of [created, written]) expect(error).toBeInstanceOf(FetchError);
  });
});
