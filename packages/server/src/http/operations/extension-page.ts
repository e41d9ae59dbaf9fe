/** What the lists that we add to the protocol have in common (docs/extensions.md). */
import { HEADER, ok } from "@perennial/protocol";
import { type Query, repeatedParameter } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
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

/** A page as JSON. Absent members (undefined) are left out. */
export function pageReply(page: object): Reply {
  return {
    status: 200,
    headers: [HEADER.contentType, "application/json", HEADER.cacheControl, "no-store"],
    body: Buffer.from(JSON.stringify(page)),
  };
}
