import { afterAll, beforeAll, expect, test } from "vitest";
import { DurableStream, IdempotentProducer } from "../src/index.ts";
import { servers, type TestServer } from "./servers.ts";

let server: TestServer;
let count = 0;

beforeAll(async () => {
  server = await servers["@perennial/server"]!();
});
afterAll(() => server.stop());

/** A stream of 10 bytes at most, of which `body` are there. */
const limited = (body = "", contentType = "text/plain") => {
  count += 1;
  const url = `${server.url}/v1/stream/limited-${count}`;
  return DurableStream.create({ url, contentType, maxBytes: 10, body });
};
const textOf = async (handle: DurableStream) => (await handle.stream({ live: false })).text();

test("an append beyond the limit is refused with a code, once, and nothing of it is stored", async () => {
  const handle = await limited("12345");
  expect(await handle.head()).toMatchObject({ maxBytes: 10 });
  await expect(handle.append("678901")).rejects.toMatchObject({ status: 413, code: "TOO_LARGE" });
  await handle.append("67890");
  expect(await textOf(handle)).toBe("1234567890");
});

test("of appends that were gathered into one request those that fit are stored", async () => {
  const handle = await limited();
  const results = await Promise.allSettled(["1234", "5678", "9012", "34"].map((text) => handle.append(text)));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(await textOf(handle)).toBe("1234567834");
});

test("a producer says so, and goes on with what fits after a restart", async () => {
  const handle = await limited("12345678");
  const producer = new IdempotentProducer(handle, "p", { autoClaim: true });
  producer.append("too long");
  await expect(producer.flush()).rejects.toMatchObject({ status: 413, code: "TOO_LARGE" });
  await producer.restart();
  producer.append("90");
  await producer.flush();
  await producer.detach();
  expect(await textOf(handle)).toBe("1234567890");
});

test("the same limit confirms a stream, another one does not", async () => {
  const { url } = await limited();
  const again = (maxBytes: number) => DurableStream.create({ url, contentType: "text/plain", maxBytes });
  await again(10);
  await expect(again(11)).rejects.toMatchObject({ code: "CONFLICT_EXISTS" });
});
