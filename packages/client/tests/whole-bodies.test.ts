import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DurableStream, FetchError, type LiveMode, type StreamResponse, stream } from "../src/index.ts";
import { servers, type TestServer } from "./servers.ts";
import { reactNativeFetch } from "./support/react-native-fetch.ts";
import { nothingNew, page, scriptedFetch } from "./support/scripted-fetch.ts";

/** Takes the stream away from a response, as runtimes without streams have it. */
function withoutStream(response: Response): Response {
  Object.defineProperty(response, "body", { value: undefined });
  return response;
}

const fetchWithoutStreams: typeof fetch = async (input, init) => withoutStream(await fetch(input, init));

/** Each way to read two messages of a stream that is then closed. */
const WAYS: Record<string, (response: StreamResponse<number>) => Promise<unknown>> = {
  json: (response) => response.json(),
  text: async (response) => JSON.parse((await response.text()).replaceAll("][", ",")),
  body: async (response) => JSON.parse(new TextDecoder().decode(await response.body())),
  jsonStream: async (response) => {
    const items: number[] = [];
    for await (const item of response.jsonStream()) items.push(item);
    return items;
  },
  textStream: async (response) => {
    let text = "";
    for await (const piece of response.textStream()) text += piece;
    return JSON.parse(text.replaceAll("[]", "").replaceAll("][", ","));
  },
  subscribeJson: async (response) => {
    const items: number[] = [];
    response.subscribeJson((batch) => void items.push(...batch.items));
    await response.closed;
    return items;
  },
  subscribeBytes: async (response) => {
    const pieces: string[] = [];
    response.subscribeBytes((chunk) => void pieces.push(new TextDecoder().decode(chunk.data)));
    await response.closed;
    return pieces.filter((piece) => piece !== "").flatMap((piece) => JSON.parse(piece));
  },
};

describe.each(["a fetch without streams", "React Native's fetch"])("%s", (name) => {
  let server: TestServer;
  let fetchWhole: typeof fetch;
  let count = 0;
  beforeAll(async () => {
    server = await (servers["@perennial/server"] as () => Promise<TestServer>)();
    fetchWhole = name === "React Native's fetch" ? await reactNativeFetch() : fetchWithoutStreams;
  });
  afterAll(() => server.stop());

  test("its responses have no body", async () => {
    const response = await fetchWhole(`${server.url}/health`);
    expect(response.body).toBeUndefined();
  });

  describe.each<LiveMode>([false, "long-poll", "sse"])("live: %s", (live) => {
    test.each(Object.entries(WAYS))("%s() gets every message", async (way, read) => {
      const url = `${server.url}/v1/stream/whole-${name.length}-${count++}`;
      const handle = new DurableStream({ url, fetch: fetchWhole, contentType: "application/json" });
      await handle.create();
      await handle.append("1");
      const response = await handle.stream<number>({ live, sseResilience: { logWarnings: false } });
      const all = read(response);
      if (live) await handle.append("2");
      await handle.close();
      const items = await all;
      // What is read to the tail, once, may or may not have come to the second.
      if (["json", "text", "body"].includes(way)) expect((items as number[])[0]).toBe(1);
      else expect(items).toEqual(live ? [1, 2] : [1]);
    });
  });

  test("an error keeps its text", async () => {
    const error = await stream({ url: `${server.url}/v1/stream/none`, fetch: fetchWhole }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(FetchError);
    const { text, json } = error as FetchError;
    expect(JSON.stringify(json ?? text)).toContain("There is no stream");
  });
});

test("a response whose whole body breaks is asked for again, and no offset is passed", async () => {
  const broken = withoutStream(page("[1]", { next: "1", upToDate: true }));
  broken.arrayBuffer = () => Promise.reject(new TypeError("connection reset"));
  const again = withoutStream(page("[1]", { next: "1", upToDate: true, closed: true }));
  const fetch = scriptedFetch(broken, again);
  const backoffOptions = { initialDelay: 1, maxDelay: 2 };
  const response = await stream<number>({ url: "https://example.test/s", fetch, backoffOptions });
  expect(await response.json()).toEqual([1]);
  expect(fetch.requests.map(({ url }) => url.searchParams.get("offset"))).toEqual(["-1", "-1"]);
});

test("a fetch that returns its response at once, without a promise, reads live", async () => {
  const answers = [
    page("[1]", { next: "1", upToDate: true }),
    nothingNew("1"),
    page("[2]", { next: "2", upToDate: true, closed: true }),
  ];
  const fetch = (() => answers.shift()) as unknown as typeof globalThis.fetch;
  const response = await stream<number>({ url: "https://example.test/s", fetch, live: "long-poll" });
  const items: number[] = [];
  response.subscribeJson<number>((batch) => void items.push(...batch.items));
  await response.closed;
  expect(items).toEqual([1, 2]);
});
