/** The size of a page of an extension's list. */
import type { RequestProblem } from "./problems.ts";
import type { Query } from "./query.ts";

/** A page is rendered without a pause, so its length bounds how long others wait (about 1 ms per 500 streams). */
const LIMIT_MAX = 1000;
const LIMIT_DEFAULT = 100;

/** The parameter `limit`. */
export function parseLimit(query: Query): number | RequestProblem {
  const text = query.values.get("limit");
  if (text === undefined) return LIMIT_DEFAULT;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  return { kind: "bad-parameter", parameter: "limit", reason: `must be a number from 1 to ${LIMIT_MAX}` };
}
