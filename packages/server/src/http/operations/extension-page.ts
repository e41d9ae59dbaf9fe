/** What the lists that we add to the protocol have in common (docs/extensions.md). */
import { createHash } from "node:crypto";
import { HEADER, HTTP_HEADER, matchesIfNoneMatch, ok } from "@perennial/protocol";
import { gzipTag, isWorthGzip, sentBody } from "../message/gzip.ts";
import { type Query, repeatedParameter } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { type Parsed, type RequestProblem, refuse } from "../problems.ts";

/** A page is rendered without a pause, so its length bounds how long others wait: a millisecond or two. */
const LIMIT_MAX = 1000;
const LIMIT_DEFAULT = 100;

/** What is wrong with a request for a page before its parameters are looked at: its method, or one given twice. */
export function pageProblem(
  method: string,
  query: Query,
  parameters: readonly string[],
): RequestProblem | undefined {
  if (method !== "GET") return { kind: "method-not-allowed", allow: "GET, OPTIONS" };
  return parameters.map((name) => repeatedParameter(query, name)).find(Boolean);
}

/** The parameter `limit`. */
export function parseLimit(query: Query): Parsed<number> {
  const text = query.values.get("limit");
  if (text === undefined) return ok(LIMIT_DEFAULT);
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return ok(limit);
  return refuse({
    kind: "bad-parameter",
    parameter: "limit",
    reason: `must be a number from 1 to ${LIMIT_MAX}`,
  });
}

/**
 * A page as JSON, or that it is the one which the client has. Absent members (undefined) are left out. Caches may keep it but
 * have to ask each time: somebody who watches a list at rest then gets a few hundred bytes instead of all of it. Whoever takes
 * gzip gets it so, where that is worth it.
 */
export async function pageReply(request: HttpRequest, page: object): Promise<Reply> {
  const body = Buffer.from(JSON.stringify(page));
  const accepts = request.header(HTTP_HEADER.acceptEncoding);
  const plainTag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const condition = request.header(HEADER.ifNoneMatch);
  for (const etag of isWorthGzip(accepts, body) ? [gzipTag(plainTag), plainTag] : [plainTag])
    if (condition !== undefined && matchesIfNoneMatch(condition, etag))
      return {
        status: 304,
        headers: [...validators(etag), HTTP_HEADER.vary, HTTP_HEADER.acceptEncoding],
        body: undefined,
      };
  const sent = await sentBody(accepts, body);
  const etag = sent.isGzip ? gzipTag(plainTag) : plainTag;
  const headers = [HEADER.contentType, "application/json", ...validators(etag), ...sent.headers];
  return { status: 200, headers, body: sent.body };
}

function validators(etag: string): string[] {
  return [HEADER.etag, etag, HEADER.cacheControl, "private, no-cache"];
}
