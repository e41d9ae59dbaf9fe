import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { requestOf } from "../../../tests/support/request.ts";
import { parseQuery } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import { pageProblem, pageReply, parseLimit } from "./extension-page.ts";

test.each([
  ["", 100],
  ["limit=1", 1],
  ["limit=1000", 1000],
  ["limit=0", undefined],
  ["limit=1001", undefined],
  ["limit=1e2", undefined],
  ["limit=-1", undefined],
  ["limit=", undefined],
  ["limit=9999999999", undefined],
])("the query %j allows %j entries", (query, limit) => {
  const parsed = parseLimit(parseQuery(query));
  if (limit === undefined) expect(parsed).toMatchObject({ rejection: { parameter: "limit" } });
  else expect(parsed).toEqual({ kind: "ok", value: limit });
});

test("the method is judged before the parameters, of which none may come twice that has a meaning", () => {
  const query = parseQuery("limit=1&limit=2&other=1&other=2");
  expect(pageProblem("POST", query, ["limit"])).toMatchObject({ kind: "method-not-allowed" });
  expect(pageProblem("GET", query, ["limit"])).toMatchObject({ parameter: "limit" });
  expect(pageProblem("GET", query, ["prefix"])).toBeUndefined();
});

test("whoever has the page is told so in a few bytes, until it is another", async () => {
  const reply = await pageReply(requestOf("GET", "/"), { streams: [], next: undefined });
  expect(String(reply.body)).toBe('{"streams":[]}');
  const again = requestOf("GET", "/", { headers: { "If-None-Match": headerOf(reply, "ETag")! } });
  expect(await pageReply(again, { streams: [] })).toMatchObject({ status: 304, body: undefined });
  expect((await pageReply(again, { streams: [], next: "a" })).status).toBe(200);
});

test("a long page is compressed for whoever takes that, with a validator of its own, and caches are told", async () => {
  const page = { streams: Array.from({ length: 200 }, (_, id) => ({ path: `chat/${id}` })) };
  const text = JSON.stringify(page);
  const ask = (headers: Record<string, string>) => pageReply(requestOf("GET", "/", { headers }), page);
  const plain = await ask({});
  const gzip = await ask({ "Accept-Encoding": "br, gzip;q=0.5" });
  expect(String(plain.body)).toBe(text);
  expect(headerOf(plain, "Content-Encoding")).toBeUndefined();
  expect(headerOf(gzip, "Content-Encoding")).toBe("gzip");
  expect(gunzipSync(gzip.body as Uint8Array).toString()).toBe(text);
  const [plainTag, gzipTag] = [plain, gzip].map((reply) => headerOf(reply, "ETag"));
  expect(plainTag).not.toBe(gzipTag);
  for (const tag of [plainTag, gzipTag]) {
    const again = await ask({ "Accept-Encoding": "gzip", "If-None-Match": tag! });
    expect([again.status, headerOf(again, "ETag")]).toEqual([304, tag]);
  }
  expect((await ask({ "If-None-Match": gzipTag! })).status).toBe(200);
  for (const reply of [plain, gzip]) expect(headerOf(reply, "Vary")).toBe("Accept-Encoding");
  const refused = await ask({ "Accept-Encoding": "gzip;q=0" });
  expect(headerOf(refused, "Content-Encoding")).toBeUndefined();
});

test("no more pages are compressed at once than may be: the others go as they are", async () => {
  const page = { streams: Array.from({ length: 2000 }, (_, id) => ({ path: `chat/${id}` })) };
  const request = requestOf("GET", "/", { headers: { "Accept-Encoding": "gzip" } });
  const replies = await Promise.all(Array.from({ length: 20 }, () => pageReply(request, page)));
  const encodings = replies.map((reply) => headerOf(reply, "Content-Encoding"));
  expect(encodings.filter((encoding) => encoding === "gzip")).toHaveLength(2);
});

function headerOf({ headers }: Reply, name: string): string | undefined {
  const at = headers.indexOf(name);
  return at < 0 ? undefined : headers[at + 1];
}
