/**
 * May this append happen, and what exactly would it record? The checks run in the order of protocol §17.1:
 * body, closed, content type, producer, Stream-Seq, JSON.
 */
import { mediaType, type Ok, ok } from "@perennial/protocol";
import { type JsonFraming, splitInSteps, splitJsonMessages } from "../stored/split.ts";
import type { AppendCommand } from "./commands.ts";
import { judgeProducer } from "./producers.ts";
import type { AppendRecord, StoredBytes } from "./records.ts";
import { type Rejected, type Rejection, reject } from "./rejections.ts";
import type { StreamState } from "./state.ts";

export type AppendDecision =
  | { readonly kind: "record"; readonly record: AppendRecord }
  /** A producer's repeat of what was accepted before: nothing to record. */
  | { readonly kind: "duplicate"; readonly epoch: number; readonly lastSeq: number }
  /** A bare close of a stream that is closed: nothing to record. */
  | { readonly kind: "already-closed" }
  | Unframed
  | Rejected;

/** Bounds that the rules of an append need. */
export interface AppendLimits {
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
  const framed = frameBody(state.json, command);
  if (framed.kind !== "ok") return framed;
  const data = framed.value;
  if (data.byteLength === 0 && !empty) return reject({ kind: "empty-array" });
  if (state.tail + data.byteLength > Number.MAX_SAFE_INTEGER) return reject({ kind: "stream-full" });
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

/** JSON bodies up to this length are split into messages at once: a millisecond at worst. */
export const FRAMED_AT_ONCE_BYTES = 64 * 1024;

/** A long JSON body would be accepted, but for its JSON: its messages must be found first (`frameInSteps`). */
export interface Unframed {
  readonly kind: "unframed";
}

/**
 * The bytes to store for a request body: as they are, or in JSON mode each message followed by a comma. An
 * empty JSON array gives no bytes; whether that is allowed depends on the operation.
 */
export function frameBody(
  json: boolean,
  { body, framing }: { readonly body: StoredBytes; readonly framing?: JsonFraming },
): Ok<StoredBytes> | Rejected | Unframed {
  if (!json || body.byteLength === 0) return ok(body);
  if (framing === undefined && body.byteLength > FRAMED_AT_ONCE_BYTES) return { kind: "unframed" };
  const found = framing ?? splitJsonMessages(joined(body));
  if (found.kind === "ok") return found;
  const { message, position, isTooLong } = found.rejection;
  return reject(
    isTooLong ? { kind: "json-message-too-large", position } : { kind: "invalid-json", message, position },
  );
}

/**
 * Finds the messages of a long body in steps, so that others are served between them.
 *
 * @param messageBytes the most bytes of one message
 */
export function* frameInSteps(body: StoredBytes, messageBytes: number): Generator<void, JsonFraming> {
  return yield* splitInSteps(yield* joinedInSteps(body), FRAMED_AT_ONCE_BYTES, messageBytes);
}

function joined(body: StoredBytes): Uint8Array {
  const steps = joinedInSteps(body);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function* joinedInSteps({ parts, byteLength }: StoredBytes): Generator<void, Uint8Array> {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(byteLength);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
    yield;
  }
  return whole;
}
