import { QUERY } from "@perennial/protocol";
import { DurableStreamError } from "../errors/durable-stream-error.ts";

/** What a read asks for. */
export interface ReadQuery {
  readonly offset: string;
  readonly live: "long-poll" | "sse" | undefined;
  readonly cursor: string | undefined;
}

/**
 * The address of a read. The query is sorted, so that readers of the same range share one cache entry (protocol
 * section 16.3).
 *
 * @throws DurableStreamError `BAD_REQUEST` when `params` sets a parameter of the protocol
 * @throws TypeError when `base` is not an absolute URL
 */
export function readUrl(
  base: string | URL,
  query: ReadQuery,
  params: Readonly<Record<string, string>>,
): string {
  const url = new URL(base);
  for (const name in params) {
    if (name in QUERY) throw reserved(name);
    url.searchParams.set(name, params[name] as string);
  }
  url.searchParams.set(QUERY.offset, query.offset);
  if (query.live) url.searchParams.set(QUERY.live, query.live);
  if (query.cursor) url.searchParams.set(QUERY.cursor, query.cursor);
  url.searchParams.sort();
  return url.href;
}

function reserved(name: string): DurableStreamError {
  const message = `params cannot set "${name}", which belongs to the protocol: use the options of stream()`;
  return new DurableStreamError(message, "BAD_REQUEST");
}

/** The address of a write: the user's URL with `params`. */
export function writeUrl(base: string | URL, params: Readonly<Record<string, string>>): string {
  const url = new URL(base);
  for (const name in params) url.searchParams.set(name, params[name] as string);
  return url.href;
}
