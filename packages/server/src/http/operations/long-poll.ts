/** GET with live=long-poll: wait at the tail for what comes next (protocol §13). */
import { formatOffset, HEADER, nextCursor, type OffsetRequest, type Ok, ok } from "@perennial/protocol";
import type { LiveReader, Place, ReaderGroup } from "../../live/hub.ts";
import { inSteps, type Reading, readOut } from "../../shard/reading.ts";
import type { Slice } from "../../shard/streams.ts";
import { rightsEndAt, type Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import { failureReply, problemReply } from "../errors.ts";
import { refuseReader } from "../limits/live-limit.ts";
import { CLIENT_LEFT, type Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { cacheControl, etagOf, pageEnd, sliceReply } from "./page.ts";
import type { ReadParameters } from "./read-parameters.ts";

export function longPoll(
  context: Context,
  scope: Scope,
  request: HttpRequest,
  path: string,
  parameters: ReadParameters,
): Reply | Promise<Reply> {
  const now = readOut(lookNow(context, path, parameters));
  const orWait = (found: Ok<Reply> | Slice): Reply | Promise<Reply> => {
    if (found.kind === "ok") return found.value;
    const refusal = refuseReader(context, scope);
    if (refusal !== undefined) return problemReply(refusal);
    const { longPollTimeoutMs, now } = context.config;
    const wait = {
      group: scope.usage?.readers,
      cursor: parameters.cursor,
      ms: Math.min(longPollTimeoutMs, rightsEndAt(scope) - now()),
    };
    return new Promise((resolve) => {
      new TailWait(context, request, path, found, wait, resolve);
    });
  };
  return now instanceof Promise ? now.then(orWait) : orWait(now);
}

/** The answer, if there is one already, or else the slice at whose end to wait. */
function* lookNow(
  context: Context,
  path: string,
  { offset, cursor }: ReadParameters,
): Reading<Ok<Reply> | Slice> {
  const slice = yield* inSteps(context.streams.for(path).read(path, offset));
  if (slice.kind === "rejected") return ok(problemReply(slice.rejection));
  const isThere = slice.from < slice.to || slice.closed;
  return isThere ? ok(yield* answer(context, path, slice, cursor)) : slice;
}

/** What there is at this moment: data, the end of the stream, or nothing new. */
function* answer(context: Context, path: string, slice: Slice, cursor: number | undefined): Reading<Reply> {
  const cursorHeader = slice.closed ? [] : [HEADER.streamCursor, cursorFor(context, cursor)];
  if (slice.from < slice.to) {
    const end = yield* inSteps(pageEnd(context, path, slice));
    const etag = etagOf(slice, end);
    const headers = [HEADER.etag, etag, HEADER.cacheControl, cacheControl(context, slice)];
    return yield* inSteps(sliceReply(context, path, slice, end, [...headers, ...cursorHeader]));
  }
  const headers = [
    HEADER.streamNextOffset,
    formatOffset(slice.to),
    HEADER.streamUpToDate,
    "true",
    HEADER.cacheControl,
    "no-store",
    ...cursorHeader,
  ];
  if (slice.closed) headers.push(HEADER.streamClosed, "true");
  return { status: 204, headers, body: undefined };
}

function cursorFor({ config }: Context, cursor: number | undefined): string {
  return String(nextCursor(config.now(), cursor, config.random));
}

/** How it waits. */
interface Wait {
  readonly cursor: number | undefined;
  readonly ms: number;
  readonly group: ReaderGroup | undefined;
}

/** One long-poll waiting at the tail. Whatever happens first answers it, from a fresh look at the stream. */
class TailWait implements LiveReader {
  readonly #context: Context;
  readonly #slice: Slice;
  readonly #path: string;
  readonly #cursor: number | undefined;
  readonly #resolve: (reply: Reply) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #place: Place;
  readonly #stopListening: () => void;
  #isOver = false;

  constructor(
    context: Context,
    request: HttpRequest,
    path: string,
    slice: Slice,
    { cursor, ms, group }: Wait,
    resolve: (reply: Reply) => void,
  ) {
    this.#context = context;
    this.#slice = slice;
    this.#path = path;
    this.#cursor = cursor;
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#place.guard(() => this.advance()), ms);
    const stream = context.streams.for(path).follow(slice);
    this.#place = context.live.join(stream, this, group);
    this.#stopListening = request.onDisconnect(() => this.#answer(CLIENT_LEFT));
  }

  advance(): undefined {
    if (this.#isOver) return;
    const reply = readOut(this.#look());
    if (!(reply instanceof Promise)) this.#answer(reply);
    else
      reply.then(
        (come) => this.#answer(come),
        (error) => this.#place.fail(error),
      );
  }

  *#look(): Reading<Reply> {
    const { from: position, asStored } = this.#slice;
    const offset: OffsetRequest = { kind: "at", position, exact: true, asStored };
    const slice = yield* inSteps(this.#context.streams.for(this.#path).read(this.#path, offset));
    if (slice.kind === "rejected") return problemReply(slice.rejection);
    if (slice.instance !== this.#slice.instance) return problemReply({ kind: "stream-not-found" });
    return yield* answer(this.#context, this.#path, slice, this.#cursor);
  }

  finish(): void {
    this.advance();
  }

  fail(error: unknown): void {
    this.#answer(failureReply(error));
  }

  /** Stops waiting. Later calls do nothing. */
  #answer(reply: Reply): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#place.leave();
    this.#stopListening();
    this.#resolve(reply);
  }
}
