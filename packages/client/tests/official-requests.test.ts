/** What tests with a `fetch` of their own see of requests, beside the official client. */
import { readFile } from "node:fs/promises";
import * as official from "@durable-streams/client";
import { expect, test } from "vitest";
import * as ours from "../src/index.ts";

interface Seen {
  readonly method: string | undefined;
  readonly url: string;
  readonly headers: unknown;
  readonly hasBody: boolean;
}

const url = "https://example.test/s?z=1";

/** A life of a stream, and what `fetch` was given. */
async function requestsOf(client: typeof ours): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    expect(typeof input).toBe("string");
    expect(Object.getPrototypeOf(init.headers)).toBe(Object.prototype);
    const { method, headers, body } = init;
    seen.push({
      method,
      url: String(input),
      headers,
      hasBody: body !== undefined,
    });
    const status =
      { PUT: 201, GET: 200, POST: new Headers(headers).has("producer-id") ? 200 : 204 }[method ?? ""] ?? 200;
    const given = {
      "content-type": "application/json",
      "stream-next-offset": "1",
      "stream-up-to-date": "true",
    };
    return new Response(method === "GET" ? "[]" : null, { status, headers: given });
  };
  const headers = { Authorization: "token" };
  const handle = await client.DurableStream.create({
    ...{ url, fetch, headers, contentType: "application/json", ttlSeconds: 5 },
  });
  await handle.append("1");
  await handle.append("2", { seq: "a" });
  const producer = new client.IdempotentProducer(handle, "p", { lingerMs: 0, fetch });
  producer.append("3");
  await producer.flush();
  await producer.detach();
  await handle.appendStream(new Blob(["4"]).stream());
  await handle.head();
  const response = await client.stream({ url, fetch, headers, live: false, params: { b: "1" } });
  await response.json();
  await handle.close();
  await handle.delete();
  return seen;
}

test("methods and headers are the same to the letter, and so are addresses but for the order of the query", async () => {
  const sorted = (requests: readonly Seen[]) =>
    requests.map((request) => {
      const address = new URL(request.url);
      address.searchParams.sort();
      return { ...request, url: address.href };
    });
  const theirs = await requestsOf(official as unknown as typeof ours);
  expect(theirs).toHaveLength(9);
  expect(sorted(await requestsOf(ours))).toEqual(sorted(theirs));
});

test("errors of the same name say the same, but for those that the page on migrating tells of", () => {
  const errorsOf = (client: typeof ours) =>
    [
      new client.FetchError(404, "none", undefined, {}, url),
      new client.FetchError(409, undefined, { a: 1 }, {}, url),
      new client.FetchError(500, "text", undefined, {}, url, "message"),
      new client.FetchBackoffAbortError(),
      new client.MissingStreamUrlError(),
      new client.InvalidSignalError(),
      new client.StreamClosedError(url, "7"),
      new client.SequenceGapError(1, 3),
      new client.DurableStreamError("message", "BUSY", 503, { a: 1 }),
    ].map((error) => ({ ...error, name: error.name, message: error.message }));
  expect(errorsOf(ours)).toEqual(errorsOf(official as unknown as typeof ours));
});

test("what the page on migrating says of our own texts is so", async () => {
  const table = await readFile(new URL("../docs/migrating.md", import.meta.url), "utf8");
  const refusal = (from: () => unknown): Promise<string> =>
    Promise.resolve()
      .then(from)
      .then(String, (error: Error) => error.message);
  const text = () =>
    new Response("x", { headers: { "content-type": "text/plain", "stream-up-to-date": "true" } });
  const fetch = async () => text();
  const response = await ours.stream({ url, fetch, live: false });
  const handle = new ours.DurableStream({ url, fetch, contentType: "text/plain" });
  const producer = new ours.IdempotentProducer(handle, "p");
  await producer.detach();
  const texts = [
    await refusal(() => ours.stream({ url: "" })),
    await refusal(async () => (await ours.stream({ url, fetch, live: false })).json()),
    await refusal(() => handle.append(1)),
    await refusal(() => producer.append("late")),
    await refusal(async () => {
      const twice = await ours.stream({ url, fetch, live: false, json: true });
      twice.json().catch(() => {});
      return twice.text();
    }),
  ];
  expect(await response.text()).toBe("x");
  for (const said of texts) expect(table).toContain(`\`${said}\``);
});
