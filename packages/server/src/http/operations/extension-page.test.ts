import { expect, test } from "vitest";
import { requestOf } from "../../../tests/support/request.ts";
import { parseQuery } from "../message/query.ts";
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

test("whoever has the page is told so in a few bytes, until it is another", () => {
  const reply = pageReply(requestOf("GET", "/"), { streams: [], next: undefined });
  expect(String(reply.body)).toBe('{"streams":[]}');
  const etag = reply.headers[reply.headers.indexOf("ETag") + 1]!;
  const again = requestOf("GET", "/", { headers: { "If-None-Match": etag } });
  expect(pageReply(again, { streams: [] })).toMatchObject({ status: 304, body: undefined });
  expect(pageReply(again, { streams: [], next: "a" }).status).toBe(200);
});
