/** Reads a stream from an offset, through all its pages and on at the tail. */
import { HEADER, QUERY } from "@perennial/protocol";
import type { Connection } from "../connection/connection.ts";
import { type BodyPart, pageParts, sseParts } from "./body-parts.ts";
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
  readonly signal?: AbortSignal;
}

/** The stream was found; content; where the content so far ends. */
export type ReadEvent =
  | { readonly kind: "opened"; readonly contentType: string }
  | { readonly kind: "data"; readonly pieces: readonly Uint8Array[] }
  | {
      readonly kind: "position";
      readonly offset: string;
      readonly upToDate: boolean;
      readonly closed: boolean;
    };

/** A live request is answered when something happens: longer than the longest wait of any server, ms. */
const LIVE_ANSWER_MS = 660_000;
/** Pause before a connection that broke, or brought nothing and ended at once, is opened anew, ms. */
const RECONNECT_MS = 500;
/** How long a session that has begun waits for a server that is gone, a restart say, ms. */
const PATIENCE_MS = 60_000;
/** A live answer that comes sooner than this with nothing in it did not wait, ms. */
const INSTANT_MS = 100;

/** Where a session is. */
interface Session {
  readonly connection: Connection;
  readonly request: ReadRequest;
  offset: string;
  cursor: string | undefined;
  upToDate: boolean;
  closed: boolean;
  /** Units of the current page that are still to be left out: they were delivered before. */
  skip: number;
  /** Units of the current page that were left out or delivered. */
  passed: number;
  /** Known once the stream was found. */
  newCutter: (() => UnitCutter) | undefined;
  /** When content last arrived. */
  lastArrival: number;
  /** Since when connections break before anything arrives on them. */
  brokenSince: number | undefined;
}

/**
 * Yields the stream's content in order, and a position after each page. Ends when the stream is closed, or at the
 * tail without a live mode. A connection that breaks is resumed where it broke, unless that goes on for a minute
 * without anything arriving; a request that fails is thrown.
 */
export async function* readStream(connection: Connection, request: ReadRequest): AsyncGenerator<ReadEvent> {
  const session: Session = {
    connection,
    request,
    offset: request.offset,
    cursor: undefined,
    upToDate: false,
    closed: false,
    skip: request.skip ?? 0,
    passed: 0,
    newCutter: undefined,
    lastArrival: performance.now(),
    brokenSince: undefined,
  };
  while (!session.closed && !(session.upToDate && request.live === "none")) {
    const startedAt = performance.now();
    try {
      yield* readResponse(session);
      const wasInstant = session.upToDate && session.lastArrival < startedAt && !session.closed;
      if (wasInstant && performance.now() - startedAt < INSTANT_MS) await pause();
    } catch (error) {
      session.brokenSince ??= performance.now();
      const isFinal = performance.now() - session.brokenSince > PATIENCE_MS;
      if (!(error instanceof BrokenBody) || isFinal || request.signal?.aborted) throw error;
      session.skip += session.passed;
      session.passed = 0;
      await pause();
    }
  }
}

/** Yields what one response brings. */
async function* readResponse(session: Session): AsyncGenerator<ReadEvent> {
  const { connection, request } = session;
  const response = await connection.request("GET", urlOf(session), {
    ...(session.newCutter && { retryMs: PATIENCE_MS }),
    ...(session.upToDate && { timeoutMs: Math.max(LIVE_ANSWER_MS, connection.timeoutMs) }),
    ...(request.signal && { signal: request.signal }),
  });
  const contentType = response.headers.get(HEADER.contentType) ?? "";
  if (session.newCutter === undefined) {
    session.newCutter = request.cutterFor?.(contentType) ?? byteCutter;
    yield { kind: "opened", contentType };
  }
  const isSse = contentType.startsWith("text/event-stream");
  let cutter = session.newCutter();
  for await (const part of marked(isSse ? sseParts(response) : pageParts(response))) {
    session.brokenSince = undefined;
    if (part.kind === "end") {
      yield endPage(session, part);
      cutter = session.newCutter();
      continue;
    }
    const pieces = fresh(session, cutter, part.bytes);
    if (pieces.length === 0) continue;
    session.lastArrival = performance.now();
    yield { kind: "data", pieces };
  }
}

function urlOf({ request, offset, cursor, upToDate }: Session): string {
  const address = new URL(request.url);
  if (upToDate && cursor !== undefined) address.searchParams.set(QUERY.cursor, cursor);
  if (upToDate) address.searchParams.set(QUERY.live, request.live);
  address.searchParams.set(QUERY.offset, offset);
  // What a person asks for may lie inside an append, and is meant to the byte; our server would begin with the append.
  if (offset === request.offset && !isWord(offset)) address.searchParams.set(QUERY.exact, "true");
  return address.href;
}

function isWord(offset: string): boolean {
  return offset === "-1" || offset === "now";
}

function endPage(session: Session, part: Extract<BodyPart, { kind: "end" }>): ReadEvent {
  session.offset = part.offset ?? session.offset;
  session.cursor = part.cursor ?? session.cursor;
  session.upToDate = part.upToDate;
  session.closed = part.closed;
  session.skip = 0;
  session.passed = 0;
  return { kind: "position", offset: session.offset, upToDate: part.upToDate, closed: part.closed };
}

/** The pieces that `bytes` completes, without the units that were delivered before. */
function fresh(session: Session, cutter: UnitCutter, bytes: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (const piece of cutter.push(bytes)) {
    const units = cutter.count(piece);
    const skipped = Math.min(session.skip, units);
    session.skip -= skipped;
    session.passed += units;
    if (skipped < units) pieces.push(skipped === 0 ? piece : piece.subarray(skipped));
  }
  return pieces;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
}

/** The connection broke while a body was being read. */
class BrokenBody extends Error {}

async function* marked(parts: AsyncIterable<BodyPart>): AsyncGenerator<BodyPart> {
  try {
    yield* parts;
  } catch (error) {
    throw new BrokenBody("the connection broke", { cause: error });
  }
}
