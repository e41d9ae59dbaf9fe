import { describe, expect, test } from "vitest";
import { DurableStream, FetchError, IdempotentProducer, stream } from "../src/index.ts";
import { page, scriptedFetch } from "./support/scripted-fetch.ts";

const url = "http://example.test/v1/stream/s";

/** What a hotel answers to any request. */
const login = () =>
  new Response("<html>Welcome! Log in</html>", { status: 200, headers: { "content-type": "text/html" } });

describe("the login page of a network, instead of an answer", () => {
  const refused = { name: "FetchError", status: 200, text: expect.stringContaining("Log in") };
  const handleWith = (fetch: typeof globalThis.fetch) =>
    new DurableStream({ url, contentType: "text/plain", fetch });

  test.each<[string, (handle: DurableStream) => Promise<unknown>]>([
    ["append()", (handle) => handle.append("a")],
    ["appendStream()", (handle) => handle.appendStream(new Response("a").body as ReadableStream<Uint8Array>)],
    ["create()", (handle) => handle.create()],
    ["close()", (handle) => handle.close()],
    ["delete()", (handle) => handle.delete()],
    ["a producer", producerAppend],
  ])("is no success of %s, which is not repeated", async (_, write) => {
    const fetch = scriptedFetch(login());
    await expect(write(handleWith(fetch))).rejects.toMatchObject(refused);
    expect(fetch.requests).toHaveLength(1);
  });

  async function producerAppend(handle: DurableStream): Promise<void> {
    const producer = new IdempotentProducer(handle, "p", { lingerMs: 0 });
    producer.append("a");
    await producer.flush({ rejectOnError: true });
  }

  test("is no stream that exists", async () => {
    await expect(handleWith(scriptedFetch(login())).head()).rejects.toMatchObject({ status: 200 });
  });

  test("is no content", async () => {
    await expect(stream({ url, fetch: scriptedFetch(login()) })).rejects.toMatchObject(refused);
  });

  test("in the middle of a session it is an error, from which onError goes on", async () => {
    const fetch = scriptedFetch(page("a", { next: "1" }), login(), page("b", { next: "2", upToDate: true }));
    const errors: unknown[] = [];
    const onError = (error: Error) => {
      errors.push(error);
      return {};
    };
    const response = await stream({ url, fetch, live: false, onError });
    expect(await response.text()).toBe("ab");
    expect(errors).toEqual([expect.any(FetchError)]);
    const strict = scriptedFetch(page("a", { next: "1" }), login());
    await expect((await stream({ url, fetch: strict, live: false })).text()).rejects.toMatchObject(refused);
  });

  test("a stream of HTML is content", async () => {
    const fetch = scriptedFetch(page("<p>", { next: "1", upToDate: true, type: "text/html" }));
    expect(await (await stream({ url, fetch, live: false })).text()).toBe("<p>");
  });
});
