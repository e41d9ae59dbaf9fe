/** Reads a stream from an offset, through all its pages and on at the tail. */
import { type ByteChunk, type StreamResponse, stream } from "@perennial/client";
import { QUERY } from "@perennial/protocol";
import type { Connection } from "../connection/connection.ts";
import { byteCutter, type UnitCutter } from "./units.ts";

export type LiveMode = "none" | "long-poll" | "sse";

export interface ReadRequest {
  readonly url: string;
  /** An offset from the server, `-1` or `now`. */
  readonly offset: string;
  readonly live: LiveMode;
  /** Units to leave out at the start: those that an earlier run consumed beyond `offset`. Default 0. */
  readonly skip?: number;
  /** How to cut the pages of a stream of this content type. Default: bytes as they are. */
  readonly cutterFor?: (contentType: string) => () => UnitCutter;
}

/** The stream was found; content; where the content so far ends. */
export type ReadEvent =
  | { readonly kind: "opened"; readonly contentType: string }
  | { readonly kind: "data"; readonly pieces: readonly Uint8Array[] }
  | { readonly kind: "position"; readonly offset: string; readonly closed: boolean };

/** How long a session that has begun waits for a server that is gone, a restart say, ms. */
const PATIENCE_MS = 60_000;
/** How a session that has begun repeats what fails. */
const BACKOFF = { initialDelay: 100, maxDelay: 2000, multiplier: 2, deadline: PATIENCE_MS };

/**
 * Yields the stream's content in order, and a position after each page. Ends when the stream is closed, or at the
 * tail without a live mode. A connection that breaks is resumed where it broke, unless that goes on for a minute
 * without anything arriving; a request that fails is thrown.
 */
export async function* readStream(connection: Connection, request: ReadRequest): AsyncGenerator<ReadEvent> {
  const response = await open(connection, request);
  const contentType = response.contentType ?? "";
  yield { kind: "opened", contentType };
  const cuts = new Cuts(request.cutterFor?.(contentType) ?? byteCutter, request.skip ?? 0);
  const events = new TransformStream<ReadEvent, ReadEvent>();
  const writer = events.writable.getWriter();
  const onPiece = async (bytes: Uint8Array) => {
    const pieces = cuts.push(bytes);
    if (pieces.length > 0) await writer.write({ kind: "data", pieces });
  };
  const onChunk = async ({ data, offset, streamClosed }: ByteChunk) => {
    await onPiece(data);
    cuts.endPage();
    await writer.write({ kind: "position", offset, closed: streamClosed });
  };
  const stop = response.subscribeBytes(onChunk, onPiece);
  // Whoever reads sees how it ended; when they left there is nobody to tell.
  response.closed
    .then(
      () => writer.close(),
      (error: unknown) => writer.abort(error),
    )
    .catch(() => {});
  try {
    yield* events.readable;
  } finally {
    stop();
  }
}

/** The first request is the connection's, which knows how long to wait for a server; then the client is more patient. */
async function open(connection: Connection, { url, offset, live }: ReadRequest): Promise<StreamResponse> {
  // What a person asks for may lie inside an append, and is meant to the byte; our server would begin with the append.
  // And messages are meant as they are stored: our server would name offsets in those of state streams.
  const params = { [QUERY.exact]: "true" };
  let first: Response | undefined = await connection.request("GET", addressOf(url, { ...params, offset }));
  return stream({
    url,
    offset,
    params,
    live: live === "none" ? false : live,
    headers: connection.headers,
    backoffOptions: BACKOFF,
    fetch: async (input, init) => {
      const answer = first ?? connection.attempt(input, init, PATIENCE_MS);
      first = undefined;
      return answer;
    },
  });
}

function addressOf(url: string, params: Readonly<Record<string, string>>): string {
  const address = new URL(url);
  for (const [name, value] of Object.entries(params)) address.searchParams.set(name, value);
  return address.href;
}

/** Cuts pages into units, without those at the beginning of the first that were delivered before. */
class Cuts {
  readonly #newCutter: () => UnitCutter;
  #cutter: UnitCutter;
  #skip: number;

  constructor(newCutter: () => UnitCutter, skip: number) {
    this.#newCutter = newCutter;
    this.#cutter = newCutter();
    this.#skip = skip;
  }

  /** The pieces that `bytes` completes. */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (const piece of this.#cutter.push(bytes)) {
      const units = this.#cutter.count(piece);
      const skipped = Math.min(this.#skip, units);
      this.#skip -= skipped;
      if (skipped < units) pieces.push(skipped === 0 ? piece : piece.subarray(skipped));
    }
    return pieces;
  }

  endPage(): void {
    this.#skip = 0;
    this.#cutter = this.#newCutter();
  }
}
