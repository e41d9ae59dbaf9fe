import { formatOffset } from "@perennial/protocol";
import { expect, test } from "vitest";
import { requestOf } from "../../../tests/support/request.ts";
import { parseQuery } from "../message/query.ts";
import { parseRead } from "./read-parameters.ts";

const FIVE = formatOffset(5);

/** What a GET with this query asks for. */
function parse(query: string, headers: Record<string, string> = {}) {
  return parseRead(requestOf("GET", "/", { headers }), parseQuery(query));
}

test.each([
  ["", { mode: "catch-up", offset: { kind: "start" }, cursor: undefined, resumes: false }],
  ["offset=-1", { mode: "catch-up", offset: { kind: "start" } }],
  ["offset=now&live=long-poll&cursor=7", { mode: "long-poll", offset: { kind: "now" }, cursor: 7 }],
  [`offset=${FIVE}&live=sse`, { mode: "sse", offset: { kind: "at", position: 5 } }],
  [`offset=${FIVE}&exact=true`, { offset: { kind: "at", position: 5, exact: true, asStored: true } }],
  ["offset=now&exact=true", { offset: { kind: "now", asStored: true } }],
  ["exact=1", { offset: { kind: "start" } }],
  ["cursor=x", { cursor: undefined }],
  ["other=1&other=2", { mode: "catch-up" }],
])("%j asks for %j", (query, parameters) => {
  expect(parse(query)).toMatchObject({ kind: "ok", value: parameters });
});

test.each([
  ["live=", "live"],
  ["live=SSE", "live"],
  ["live=true", "live"],
  ["live=sse&live=sse&offset=-1", "live"],
  ["offset=-1&offset=-1", "offset"],
  ["offset=", "offset"],
  ["live=sse", "offset"],
  ["live=long-poll", "offset"],
  // The first that is wrong, in the order: given twice, live, offset.
  ["live=x&offset=y", "live"],
  ["live=x&offset=-1&offset=-1", "offset"],
])("%j is refused for its %s", (query, parameter) => {
  expect(parse(query)).toMatchObject({ rejection: { kind: "bad-parameter", parameter } });
});

test("what an EventSource saw last goes before the offset of its URL, and in other modes means nothing", () => {
  const lastEvent = { "Last-Event-ID": FIVE };
  const seen = { offset: { kind: "at", position: 5 }, resumes: true };
  expect(parse("live=sse&offset=-1", lastEvent)).toMatchObject({ value: seen });
  expect(parse("live=sse", lastEvent)).toMatchObject({ value: seen });
  const other = parse("live=long-poll&offset=-1", lastEvent);
  expect(other).toMatchObject({ value: { offset: { kind: "start" }, resumes: false } });
  expect(parse("live=sse&offset=-1", { "Last-Event-ID": "5" })).toMatchObject({
    rejection: { kind: "bad-header", header: "Last-Event-ID" },
  });
});
