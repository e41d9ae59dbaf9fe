/** Reading rows of a part of a stream, in order, holding no more than what has just arrived. */
import { type StreamOptions, stream } from "@perennial/client";
import { formatOffset } from "@perennial/protocol";
import { createCutter, type Row, rowKind } from "./cut-rows.ts";

export interface RowsQuery {
  /** The stream's address. */
  readonly url: string;
  /** Where to begin: a position at which a row begins. */
  readonly from: number;
  /** Where to stop: no row that begins here or later. */
  readonly to: number;
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: StreamOptions["fetch"];
}

/**
 * The rows of a stream that begin in [from, to), some at a time. Ends early at the tail, and when the signal is
 * aborted.
 *
 * @throws FetchError when the server refuses
 */
export async function* readRows({ url, from, to, signal, fetch }: RowsQuery): AsyncGenerator<readonly Row[]> {
  if (from >= to) return;
  // A cached page may be of a stream that was deleted and created again.
  const fetchAnew: typeof globalThis.fetch = (input, init) =>
    globalThis.fetch(input, { ...init, cache: "no-cache" });
  const response = await stream({
    url,
    offset: formatOffset(from),
    // Rows begin anywhere in an append.
    params: { exact: "true" },
    live: false,
    signal,
    fetch: fetch ?? fetchAnew,
    warnOnHttp: false,
  });
  const cutter = createCutter(rowKind(response.contentType ?? ""), from);
  let end = from;
  try {
    for await (const piece of response.bodyStream()) {
      const rows = cutter.push(piece);
      end = rows.at(-1)?.end ?? end;
      if (end < to) yield rows;
      else {
        yield rows.filter(({ position }) => position < to);
        return;
      }
    }
  } finally {
    response.cancel();
  }
  // Of a reading that was given up it is any part of a row.
  if (signal?.aborted) return;
  const rest = cutter.rest();
  if (rest.length > 0) yield [{ position: end, end: end + rest.length, bytes: rest }];
}
