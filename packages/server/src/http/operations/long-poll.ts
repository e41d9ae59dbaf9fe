/** GET with live=long-poll: wait at the tail for what comes next (protocol §13). */
import { formatOffset, HEADER, nextCursor, type OffsetRequest } from "@perennial/protocol";
import type { Stream, TailListener } from "../../catalog/stream.ts";
import { type Snapshot, snapshot } from "../../shard/read.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { refuseReader } from "../limits/live-limit.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { cacheControl, etagOf, sliceReply } from "./read.ts";
import type { ReadParameters } from "./read-parameters.ts";

export function longPoll(
  context: Context,
  request: HttpRequest,
  path: string,
  parameters: ReadParameters,
): Reply | Promise<Reply> {
  const slice = snapshot(context.shard, path, parameters.offset);
  if (slice.kind === "rejected") return problemReply(slice.rejection);
  if (slice.from < slice.to || slice.closed) return answer(context, slice, parameters.cursor);
  const refusal = refuseReader(context);
  if (refusal !== undefined) return problemReply(refusal);
  return new Promise((resolve) => {
    const wait = new TailWait(context, slice.stream, path, slice.from, parameters.cursor, (reply) => {
      stopListening();
      resolve(reply);
    });
    const stopListening = request.onDisconnect(() => wait.finish(undefined));
  });
}

/** What there is at this moment: data, the end of the stream, or nothing new. */
function answer(context: Context, slice: Snapshot, cursor: number | undefined): Reply {
  const cursorHeader = slice.closed ? [] : [HEADER.streamCursor, cursorFor(context, cursor)];
  if (slice.from < slice.to) {
    const headers = [HEADER.etag, etagOf(context, slice), HEADER.cacheControl, cacheControl(context, slice)];
    return sliceReply(context, slice, [...headers, ...cursorHeader]);
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

function cursorFor({ shard }: Context, cursor: number | undefined): string {
  return String(nextCursor(shard.now(), cursor, shard.random));
}

/** One long-poll waiting at the tail. Whatever happens first answers it, from a fresh look at the stream. */
class TailWait implements TailListener {
  readonly #context: Context;
  readonly #stream: Stream;
  readonly #path: string;
  readonly #position: number;
  readonly #cursor: number | undefined;
  readonly #resolve: (reply: Reply) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #leave: () => void;

  constructor(
    context: Context,
    stream: Stream,
    path: string,
    position: number,
    cursor: number | undefined,
    resolve: (reply: Reply) => void,
  ) {
    this.#context = context;
    this.#stream = stream;
    this.#path = path;
    this.#position = position;
    this.#cursor = cursor;
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#answer(), context.config.longPollTimeoutMs);
    this.#leave = context.live.join(stream, this, () => this.#answer());
  }

  onAdvance(): void {
    this.#answer();
  }

  onGone(): void {
    this.#answer();
  }

  #answer(): void {
    const offset: OffsetRequest = { kind: "at", position: this.#position };
    const slice = snapshot(this.#context.shard, this.#path, offset);
    if (slice.kind === "rejected") this.finish(problemReply(slice.rejection));
    else if (slice.stream !== this.#stream) this.finish(problemReply({ kind: "stream-not-found" }));
    else this.finish(answer(this.#context, slice, this.#cursor));
  }

  /** Stops waiting; without a reply when the client is gone. Later calls do nothing. */
  finish(reply: Reply | undefined): void {
    clearTimeout(this.#timer);
    this.#leave();
    if (reply !== undefined) this.#resolve(reply);
  }
}
