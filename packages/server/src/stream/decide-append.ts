/**
 * May this append happen, and what exactly would it record? The checks run in the order of protocol §17.1:
 * body, closed, content type, producer, Stream-Seq, JSON, size.
 */
import { mediaType } from "@perennial/protocol";
import type { AppendCommand } from "./commands.ts";
import { type BodyLimits, frameBody, type Unready } from "./frame-body.ts";
import { judgeSize } from "./max-bytes.ts";
import { judgeProducer } from "./producers.ts";
import type { AppendRecord } from "./records.ts";
import { type Rejected, type Rejection, reject } from "./rejections.ts";
import type { StreamState } from "./state.ts";

export type AppendDecision =
  | { readonly kind: "record"; readonly record: AppendRecord }
  /** A producer's repeat of what was accepted before: nothing to record. */
  | { readonly kind: "duplicate"; readonly epoch: number; readonly lastSeq: number }
  /** A bare close of a stream that is closed: nothing to record. */
  | { readonly kind: "already-closed" }
  | Unready
  | Rejected;

/** Bounds that the rules of an append need. */
export interface AppendLimits extends BodyLimits {
  /** Producers one stream may remember. */
  readonly producersPerStream: number;
}

/** What is wrong with an append whatever the stream is, and whether there is one. */
export function judgeRequest({ body, contentType, closes }: AppendCommand): Rejection | undefined {
  if (body.byteLength === 0) return closes ? undefined : { kind: "empty-body" };
  return contentType === undefined ? { kind: "missing-content-type" } : undefined;
}

/**
 * @param command one that `judgeRequest` lets pass
 * @param now epoch milliseconds
 */
export function decideAppend(
  state: StreamState,
  command: AppendCommand,
  limits: AppendLimits,
  now: number,
): AppendDecision {
  const empty = command.body.byteLength === 0;
  if (state.closed) return decideOnClosed(state, command);
  if (!empty && !sameMediaType(command.contentType!, state.contentType)) {
    return reject({ kind: "content-type-mismatch", expected: state.contentType });
  }
  if (command.producer !== undefined) {
    const verdict = judgeProducer(state, command.producer, limits.producersPerStream);
    if (verdict.kind !== "new") return verdict;
  }
  if (regresses(state.lastStreamSeq, command.streamSeq)) {
    return reject({ kind: "stream-seq-regression", last: state.lastStreamSeq! });
  }
  // Other bytes than JSON are stored as they come, so a long body is refused before anything is done with it.
  const early = state.json ? undefined : judgeSize(state.maxBytes, state.tail, command.body.byteLength);
  if (early !== undefined) return reject(early);
  const framed = frameBody(state.json, command, limits);
  if (framed.kind !== "ok") return framed;
  const data = framed.value;
  if (data.byteLength === 0 && !empty) return reject({ kind: "empty-array" });
  if (state.tail + data.byteLength > Number.MAX_SAFE_INTEGER) return reject({ kind: "stream-full" });
  const tooMuch = judgeSize(state.maxBytes, state.tail, data.byteLength);
  if (tooMuch !== undefined) return reject(tooMuch);
  const record: AppendRecord = {
    kind: "append",
    id: state.id,
    at: now,
    position: state.tail,
    data,
    closes: command.closes,
    producer: command.producer,
    streamSeq: command.streamSeq,
  };
  return { kind: "record", record };
}

/** Closed streams accept nothing, but recognise the request that closed them (protocol §8). */
function decideOnClosed(state: StreamState, command: AppendCommand): AppendDecision {
  const { producer } = command;
  if (producer === undefined && command.body.byteLength === 0) return { kind: "already-closed" };
  const by = state.closedBy;
  const isClosingTuple =
    producer !== undefined &&
    by !== undefined &&
    command.closes &&
    by.producerId === producer.id &&
    by.epoch === producer.epoch &&
    by.seq === producer.seq;
  if (isClosingTuple) return { kind: "duplicate", epoch: by.epoch, lastSeq: by.seq };
  return reject({ kind: "stream-closed", finalPosition: state.tail });
}

/** Content types are compared without parameters and letter case (protocol §3.1). */
export function sameMediaType(left: string, right: string): boolean {
  return left === right || mediaType(left) === mediaType(right);
}

/** `Stream-Seq` must grow, compared byte by byte (protocol §10). */
function regresses(last: string | undefined, next: string | undefined): boolean {
  return last !== undefined && next !== undefined && next <= last;
}
