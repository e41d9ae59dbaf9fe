import { DurableStreamError } from "../errors/durable-stream-error.ts";
import type { Position } from "../read/position.ts";

/**
 * The address of a read. The query is sorted, so that readers of the same range share one cache entry
 * (protocol §16.3).
 *
 * @throws DurableStreamError `BAD_REQUEST` when `params` sets a parameter of the protocol
 * @throws TypeError when `base` is not an absolute URL
 */
export function readUrl(
  base: string | URL,
  { offset, cursor }: Pick<Position, "offset" | "cursor">,
  live: "long-poll" | "sse" | undefined,
  params: Readonly<Record<string, string>>,
): string {
  // Protocol §3.2.
  const query = { offset, live, cursor };
  for (const name in query) {
    if (!(name in params)) continue;
    const message = `params cannot set "${name}"`;
    throw new DurableStreamError(message, "BAD_REQUEST");
  }
  const url = withParams(base, { ...params, ...query });
  url.searchParams.sort();
  return url.href;
}

/** The address of a write: the user's URL with `params`. */
export function writeUrl(base: string | URL, params: Readonly<Record<string, string>>): string {
  return withParams(base, params).href;
}

function withParams(base: string | URL, params: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(base);
  for (const name in params) if (params[name] !== undefined) url.searchParams.set(name, params[name]);
  return url;
}
