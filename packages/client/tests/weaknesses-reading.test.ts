import { describe, expect, test, vi } from "vitest";
import {
  createFetchWithBackoff,
  DurableStreamError,
  FetchBackoffAbortError,
  FetchError,
  type JsonBatch,
  type StreamOptions,
  stream,
} from "../src/index.ts";
import { brokenBody, event, eventStream, nothingNew, page, scriptedFetch } from "./support/scripted-fetch.ts";

const url = "https://example.test/streams/s";
const backoffOptions = { initialDelay: 1, maxDelay: 2, multiplier: 1 };
const options = {
  url,
  backoffOptions,
  sseResilience: { logWarnings: false, backoffBaseDelay: 1 },
} satisfies StreamOptions;

/** Reads a session to its end through a subscriber. */
async function batchesOf(sessionOptions: StreamOptions): Promise<JsonBatch<number>[]> {
  const response = await stream<number>(sessionOptions);
  const batches: JsonBatch<number>[] = [];
  response.subscribeJson<number>((batch) => {
    batches.push(batch);
  });
  await response.closed;
  return batches;
}

describe("known weaknesses of the official client, reading", () => {
  test("W1: live false follows the pages until up to date", async () => {
    const fetch = scriptedFetch(
      page("[1]", { next: "a" }),
      page("[2]", { next: "b" }),
      page("[3]", { next: "c", upToDate: true }),
    );
    const response = await stream({ ...options, fetch, live: false });
    expect(await response.json()).toEqual([1, 2, 3]);
    expect(response).toMatchObject({ offset: "c", upToDate: true });
    expect(fetch.requests.map((request) => request.url.searchParams.get("offset"))).toEqual(["-1", "a", "b"]);
  });

  test("W1: live false ends at a page that moves nothing", async () => {
    const fetch = scriptedFetch(page("[1]", { next: "a" }), page("[]", { next: "a" }));
    const response = await stream({ ...options, fetch, live: false });
    expect(await response.json()).toEqual([1]);
    expect(fetch.requests).toHaveLength(2);
  });

  test("W2: after too many short SSE connections the session goes on with long-polling", async () => {
    const short = () => eventStream([event(undefined, { streamNextOffset: "a", upToDate: true })]);
    const fetch = scriptedFetch(
      page("[]", { next: "a", upToDate: true }),
      short(),
      short(),
      short(),
      page("[1]", { next: "b", closed: true }),
    );
    const batches = await batchesOf({ ...options, fetch, live: "sse" });
    expect(batches.flatMap((batch) => batch.items)).toEqual([1]);
    const modes = fetch.requests.map((request) => request.url.searchParams.get("live"));
    expect(modes).toEqual([null, "sse", "sse", "sse", "long-poll"]);
  });

  test("W2: the fall-back warns once, unless told not to", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const logWarnings of [true, false]) {
      const fetch = scriptedFetch(
        page("[]", { next: "a", upToDate: true }),
        eventStream([]),
        page("[]", { next: "a", closed: true }),
      );
      await batchesOf({
        ...options,
        fetch,
        live: "sse",
        sseResilience: { minConnectionDuration: Infinity, maxShortConnections: 1, logWarnings },
      });
    }
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toMatch(
      /\[Durable Streams\].*buffering.*X-Accel-Buffering: no.*flush_interval -1/,
    );
    warn.mockRestore();
  });

  test("W3: onError is asked about later requests, and what it changes stays in force", async () => {
    const fetch = scriptedFetch(
      page("[1]", { next: "a", upToDate: true }),
      page("expired", { status: 401, type: "text/plain" }),
      page("[2]", { next: "b", upToDate: true }),
      page("[3]", { next: "c", closed: true }),
    );
    const errors: Error[] = [];
    const onError = (error: Error) => {
      errors.push(error);
      return { headers: { Authorization: "new" }, params: { v: "2" } };
    };
    const batches = await batchesOf({ ...options, fetch, headers: { authorization: "old" }, onError });
    expect(batches.flatMap((batch) => batch.items)).toEqual([1, 2, 3]);
    expect(errors).toMatchObject([{ status: 401 }]);
    expect(fetch.requests.map((request) => request.headers.authorization)).toEqual([
      "old",
      "old",
      "new",
      "new",
    ]);
    expect(fetch.requests[3]?.url.searchParams.get("v")).toBe("2");
  });

  test("W3: an error that no handler takes rejects closed", async () => {
    const fetch = scriptedFetch(page("[1]", { next: "a", upToDate: true }), page("gone", { status: 410 }));
    await expect(batchesOf({ ...options, fetch, onError: () => undefined })).rejects.toMatchObject({
      status: 410,
    });
  });

  test("W4: a long-poll body that breaks is read again, and nothing arrives twice", async () => {
    const fetch = scriptedFetch(
      page("[1]", { next: "a", upToDate: true }),
      page(brokenBody("[2,"), { next: "b", upToDate: true }),
      page("[2,3]", { next: "b", closed: true }),
    );
    const batches = await batchesOf({ ...options, fetch });
    expect(batches.map((batch) => batch.items)).toEqual([[1], [2, 3]]);
    expect(fetch.requests[2]?.url.searchParams.get("offset")).toBe("a");
  });

  test("W4: bytes that were handed on before the break are not handed on again", async () => {
    const fetch = scriptedFetch(
      page(brokenBody("abc"), { next: "x", type: "text/plain" }),
      page("abcdef", { next: "y", upToDate: true, type: "text/plain" }),
    );
    const response = await stream({ ...options, fetch, live: false });
    let text = "";
    for await (const piece of response.textStream()) text += piece;
    expect(text).toBe("abcdef");
    expect(fetch.requests[1]?.url.searchParams.get("offset")).toBe("-1");
  });

  test("W4: an SSE connection that breaks is resumed from the last control event", async () => {
    const fetch = scriptedFetch(
      page("[]", { next: "a", upToDate: true }),
      eventStream([event("[1]", { streamNextOffset: "b", streamCursor: "7", upToDate: true })], "breaks"),
      eventStream([event("[2]", { streamNextOffset: "c", streamClosed: true })]),
    );
    const batches = await batchesOf({ ...options, fetch, live: "sse" });
    expect(batches.flatMap((batch) => batch.items)).toEqual([1, 2]);
    expect(fetch.requests[2]?.url.search).toBe("?cursor=7&live=sse&offset=b");
  });

  test("W4: breaks beyond maxRetries are shown to onError and end the session", async () => {
    const broken = () => page(brokenBody("[2,"), { next: "b", upToDate: true });
    const fetch = scriptedFetch(page("[1]", { next: "a", upToDate: true }), broken(), broken(), broken());
    const onError = vi.fn();
    const limited = { ...options, fetch, onError, backoffOptions: { ...backoffOptions, maxRetries: 2 } };
    await expect(batchesOf(limited)).rejects.toThrow("connection reset");
    expect(onError).toHaveBeenCalledTimes(1);
  });

  test("W5: a CRLF cut between two chunks loses no event", async () => {
    const text = event("[1]", { streamNextOffset: "b", upToDate: true }).replaceAll("\n", "\r\n");
    const last = event("[2]", { streamNextOffset: "c", streamClosed: true });
    for (let cut = 1; cut < text.length; cut++) {
      const fetch = scriptedFetch(
        page("[]", { next: "a", upToDate: true }),
        eventStream([text.slice(0, cut), text.slice(cut), last]),
      );
      const batches = await batchesOf({ ...options, fetch, live: "sse" });
      expect(batches.flatMap((batch) => batch.items)).toEqual([1, 2]);
    }
  });

  test("W6: data without its control event is not delivered", async () => {
    const unconfirmed = "event: data\ndata:[1]\n\n";
    const fetch = scriptedFetch(
      page("[]", { next: "a", upToDate: true }),
      eventStream([unconfirmed], "breaks"),
      eventStream([unconfirmed]),
      eventStream([event("[1]", { streamNextOffset: "b", streamClosed: true })]),
    );
    const batches = await batchesOf({ ...options, fetch, live: "sse" });
    expect(batches.flatMap((batch) => batch.items)).toEqual([1]);
  });

  test("W7: an already aborted signal rejects at once", async () => {
    const fetch = scriptedFetch();
    const rejected = stream({ ...options, fetch, signal: AbortSignal.abort() });
    await expect(rejected).rejects.toMatchObject({ name: "DurableStreamError", code: "UNKNOWN" });
    expect(fetch.requests).toHaveLength(0);
  });

  test("W8: a wait between retries ends with the signal", async () => {
    const refused = () => page("busy", { status: 503, headers: { "retry-after": "3000" } });
    const controller = new AbortController();
    const fetch = createFetchWithBackoff(scriptedFetch(refused()), {
      ...backoffOptions,
      onFailedAttempt: () => setTimeout(() => controller.abort()),
    });
    await expect(fetch(url, { signal: controller.signal })).rejects.toBeInstanceOf(FetchBackoffAbortError);
  });

  test("W11: closed settles after the last delivery was taken", async () => {
    const fetch = scriptedFetch(page("[1]", { next: "a", upToDate: true }));
    const response = await stream({ ...options, fetch, live: false });
    const order: string[] = [];
    void response.closed.then(() => order.push("closed"));
    await new Promise((resolve) => setTimeout(resolve));
    response.subscribeJson(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push("delivered");
    });
    await response.closed;
    expect(order).toEqual(["delivered", "closed"]);
  });

  test("W11: errors of promise helpers and streams reach closed, and nobody has to watch it", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const start = () =>
      stream({ ...options, fetch: scriptedFetch(page("[1,", { next: "a", upToDate: true })) });
    const first = await start();
    await expect(first.json()).rejects.toMatchObject({ code: "PARSE_ERROR" });
    const second = await start();
    await expect(second.jsonStream().getReader().read()).rejects.toMatchObject({ code: "PARSE_ERROR" });
    await new Promise((resolve) => setTimeout(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    await expect(first.closed).rejects.toMatchObject({ code: "PARSE_ERROR" });
    await expect(second.closed).rejects.toMatchObject({ code: "PARSE_ERROR" });
  });

  test("W12: res.offset is what the consumer has, while the next response is fetched ahead", async () => {
    const fetch = scriptedFetch(
      page("[1]", { next: "a" }),
      page("[2]", { next: "b" }),
      page("[3]", { next: "c", closed: true }),
    );
    const response = await stream<number>({ ...options, fetch });
    const seen: [string, string][] = [];
    response.subscribeJson(async (batch) => {
      await vi.waitFor(() => expect(fetch.requests.length).toBeGreaterThan(Math.min(seen.length + 1, 2)));
      seen.push([batch.offset, response.offset]);
    });
    await response.closed;
    expect(seen).toEqual([
      ["a", "a"],
      ["b", "b"],
      ["c", "c"],
    ]);
  });

  test("W12: an item of jsonStream() moves the offset when it is taken", async () => {
    const fetch = scriptedFetch(
      page("[1,2]", { next: "a" }),
      page("[3]", { next: "b", closed: true, status: 203 }),
    );
    const response = await stream<number>({ ...options, fetch, offset: "start" });
    const reader = response.jsonStream().getReader();
    await vi.waitFor(() => expect(response.status).toBe(203));
    await reader.read();
    await reader.read();
    expect(response.offset).toBe("a");
    await reader.read();
    expect(response.offset).toBe("b");
    expect((await reader.read()).done).toBe(true);
  });

  test("W12: leaving jsonStream() between two items of a page leaves the offset before the page", async () => {
    const fetch = scriptedFetch(page("[1]", { next: "a" }), page("[2,3]", { next: "b" }));
    const response = await stream<number>({ ...options, fetch, offset: "start" });
    for await (const item of response.jsonStream()) if (item === 2) break;
    await response.closed;
    expect(response.offset).toBe("a");
  });

  test.each(["bodyStream", "textStream", "jsonStream"] as const)(
    "W14: leaving a loop over %s ends the session",
    async (method) => {
      const fetch = scriptedFetch(page("[1]", { next: "a", upToDate: true }));
      const response = await stream({ ...options, fetch });
      for await (const _ of response[method]()) break;
      await response.closed;
      for (const { signal } of fetch.requests.slice(1)) expect(signal?.aborted).toBe(true);
    },
  );

  test("W14: leaving a loop in the middle of the first page gives up the rest of the page", async () => {
    const cancel = vi.fn();
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      controller.enqueue(new TextEncoder().encode("more and "));
    const endless = new ReadableStream<Uint8Array>({ pull, cancel });
    const fetch = scriptedFetch(page(endless, { next: "a", type: "text/plain" }));
    const response = await stream({ ...options, fetch });
    for await (const _ of response.textStream()) {
      // Time for the next piece to arrive, which nobody will take.
      await new Promise((resolve) => setTimeout(resolve));
      break;
    }
    await response.closed;
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test("W22: 304 is passed through, and the condition is not repeated", async () => {
    const fetch = scriptedFetch(
      new Response(null, { status: 304, headers: { "stream-next-offset": "a" } }),
      page("[1]", { next: "b", closed: true }),
    );
    const response = await stream({ ...options, fetch, json: true, headers: { "If-None-Match": '"tag"' } });
    expect(response.status).toBe(304);
    response.subscribeJson(() => {});
    await response.closed;
    expect(fetch.requests.map((request) => request.headers["if-none-match"])).toEqual(['"tag"', undefined]);
    expect(fetch.requests[1]?.url.searchParams.get("offset")).toBe("a");
  });

  test("W24: params cannot overwrite the protocol's, and the query is sorted", async () => {
    const fetch = scriptedFetch(page("[]", { next: "a", upToDate: true }));
    await stream({
      ...options,
      fetch,
      url: `${url}?z=1&b=2`,
      params: { tenant: "t", absent: undefined, a: () => "x" },
    });
    expect(fetch.requests[0]?.url.search).toBe("?a=x&b=2&offset=-1&tenant=t&z=1");
    for (const name of ["offset", "live", "cursor"]) {
      const refused = stream({ ...options, fetch, params: { [name]: "x" } });
      await expect(refused).rejects.toMatchObject({
        code: "BAD_REQUEST",
        message: expect.stringContaining(name),
      });
    }
  });

  test("W27: closure implies up to date, and is always delivered", async () => {
    const close = (data: string | undefined) => [
      page("[]", { next: "a", upToDate: true }),
      eventStream([event(data, { streamNextOffset: "b", streamClosed: true })], "stays"),
    ];
    for (const data of [undefined, "[1]"]) {
      const batches = await batchesOf({ ...options, fetch: scriptedFetch(...close(data)), live: "sse" });
      expect(batches.at(-1)).toMatchObject({ offset: "b", upToDate: true, streamClosed: true });
      expect(batches).toHaveLength(2);
    }
  });

  test("W28: a character that lies across two pages survives", async () => {
    const [euro0, euro1, euro2] = new TextEncoder().encode("€");
    const pages = () =>
      scriptedFetch(
        page(new Uint8Array([euro0 ?? 0, euro1 ?? 0]), { next: "a", type: "text/plain" }),
        page(new Uint8Array([euro2 ?? 0]), { next: "b", type: "text/plain", closed: true }),
      );
    expect(await (await stream({ ...options, fetch: pages() })).text()).toBe("€");
    const texts: string[] = [];
    const response = await stream({ ...options, fetch: pages() });
    response.subscribeText((chunk) => {
      texts.push(chunk.text);
    });
    await response.closed;
    expect(texts).toEqual(["", "€"]);
  });

  test("W30: SSE connections cut by hiding the page are not counted as short", async () => {
    let changed = () => {};
    let hidden = false;
    const visibility = {
      get hidden() {
        return hidden;
      },
      subscribe(listener: () => void) {
        changed = listener;
        return () => {};
      },
    };
    const open = () => eventStream([event(undefined, { streamNextOffset: "a", upToDate: true })], "stays");
    const last = () => eventStream([event("[1]", { streamNextOffset: "b", streamClosed: true })]);
    const fetch = scriptedFetch(page("[]", { next: "a", upToDate: true }), open, open, open, open, last);
    const finished = batchesOf({ ...options, fetch, live: "sse", visibility });
    for (let connection = 1; connection <= 4; connection++) {
      await vi.waitFor(() => expect(fetch.requests).toHaveLength(connection + 1));
      hidden = true;
      changed();
      hidden = false;
      changed();
    }
    await finished;
    expect(fetch.requests.slice(1).map((request) => request.url.searchParams.get("live"))).toEqual(
      Array(5).fill("sse"),
    );
  });

  test("W31: visibility can be replaced or switched off", async () => {
    const document = Object.assign(new EventTarget(), { hidden: true });
    vi.stubGlobal("document", document);
    const answers = () => [
      page("[]", { next: "a", upToDate: true }),
      page("[1]", { next: "b", closed: true }),
    ];
    const paused = scriptedFetch(...answers());
    const response = await stream({ ...options, fetch: paused });
    response.subscribeJson(() => {});
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(paused.requests).toHaveLength(1);
    response.cancel();
    await response.closed;
    const alwaysShown = { hidden: false, subscribe: () => () => {} };
    for (const visibility of [false, alwaysShown] as const) {
      expect(await batchesOf({ ...options, fetch: scriptedFetch(...answers()), visibility })).toHaveLength(2);
    }
    vi.unstubAllGlobals();
  });

  test("W33: a large page is parsed while it arrives, and a break in it repeats nothing", async () => {
    const items = Array.from({ length: 20_000 }, (_, n) => ({ n, text: `,[{"\\${n}` }));
    const json = JSON.stringify(items);
    const fetch = scriptedFetch(
      page(brokenBody(json.slice(0, json.length / 2)), { next: "b" }),
      page(json, { next: "b", upToDate: true }),
    );
    const response = await stream<{ n: number }>({ ...options, fetch, live: false });
    const seen: unknown[] = [];
    for await (const item of response.jsonStream()) {
      if (seen.length === 0) expect(fetch.requests).toHaveLength(1);
      seen.push(item);
    }
    expect(seen).toEqual(items);
  });

  test("W34: an incomplete final event is dropped", async () => {
    const incomplete = event("[1]", { streamNextOffset: "b", upToDate: true }).slice(0, -1);
    const fetch = scriptedFetch(
      page("[]", { next: "a", upToDate: true }),
      eventStream([incomplete]),
      eventStream([event("[1]", { streamNextOffset: "b", streamClosed: true })]),
    );
    const batches = await batchesOf({ ...options, fetch, live: "sse" });
    expect(batches.flatMap((batch) => batch.items)).toEqual([1]);
    expect(fetch.requests[2]?.url.searchParams.get("offset")).toBe("a");
  });

  test("a live connection that is silent for too long is cut and resumed", async () => {
    const fetch = scriptedFetch(
      page("[]", { next: "a", upToDate: true }),
      eventStream([event("[1]", { streamNextOffset: "b", upToDate: true })], "stays"),
      eventStream([event("[2]", { streamNextOffset: "c", streamClosed: true })]),
    );
    const batches = await batchesOf({ ...options, fetch, live: "sse", silenceTimeout: 20 });
    expect(batches.flatMap((batch) => batch.items)).toEqual([1, 2]);
    expect(fetch.requests.map((request) => request.url.searchParams.get("live"))).toEqual([
      null,
      "sse",
      "sse",
    ]);
  });

  test("an SSE connection on which nothing ever arrives is given up for long-polling", async () => {
    const fetch = scriptedFetch(
      page("[]", { next: "a", upToDate: true }),
      eventStream([], "stays"),
      page("[1]", { next: "b", closed: true }),
    );
    const batches = await batchesOf({ ...options, fetch, live: "sse", silenceTimeout: 20 });
    expect(batches.flatMap((batch) => batch.items)).toEqual([1]);
    expect(fetch.requests[2]?.url.searchParams.get("live")).toBe("long-poll");
  });

  test("a slow consumer is not silence", async () => {
    const fetch = scriptedFetch(
      page("[]", { next: "a", upToDate: true }),
      eventStream([
        event("[1]", { streamNextOffset: "b", upToDate: true }),
        event("[2]", { streamNextOffset: "c", streamClosed: true }),
      ]),
    );
    const response = await stream({ ...options, fetch, live: "sse", silenceTimeout: 5 });
    response.subscribeJson(() => new Promise((resolve) => setTimeout(resolve, 15)));
    await response.closed;
    expect(fetch.requests).toHaveLength(2);
  });

  test("a server that answers long-polls at once with nothing is not asked in a tight loop", async () => {
    const answers = Array.from({ length: 100 }, () => () => nothingNew("a"));
    const fetch = scriptedFetch(page("[]", { next: "a", upToDate: true }), ...answers);
    const response = await stream({ ...options, fetch, backoffOptions: { initialDelay: 10_000 } });
    response.subscribeJson(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(fetch.requests.length).toBeLessThan(10);
    response.cancel();
  });

  test("FetchError is thrown for a refused first request", async () => {
    const fetch = scriptedFetch(page("no", { status: 403, type: "text/plain" }));
    const error = await stream({ ...options, fetch }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FetchError);
    expect(error).not.toBeInstanceOf(DurableStreamError);
  });
});
