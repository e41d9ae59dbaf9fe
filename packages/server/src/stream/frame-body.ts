/** From the body of a request to the bytes that are stored; what takes long is done before, in steps. */
import { type Ok, ok } from "@perennial/protocol";
import { type JsonFraming, splitInSteps, splitJsonMessages } from "../stored/split.ts";
import { HEADROOM_BYTES, type StoredBytes, withHeadroom } from "./records.ts";
import { type Rejected, reject } from "./rejections.ts";

/** JSON bodies up to this length are split into messages at once: a millisecond at worst. */
export const FRAMED_AT_ONCE_BYTES = 64 * 1024;

/** Copied in one step: a quarter of a millisecond into fresh memory. */
const JOINED_AT_ONCE_BYTES = 512 * 1024;

/** A body as it was received, and what was done with it since. */
interface FramedBody {
  readonly body: StoredBytes;
  readonly framing?: JsonFraming;
  readonly isReady?: boolean;
}

/** Bounds of what is done with a body at once. */
export interface BodyLimits {
  /** Bytes of a body that is made durable together with others; longer ones are written ahead. */
  readonly aheadBytes: number;
}

/** A long body would be accepted, but it takes time: its messages must be found first (`frameInSteps`), or it is written ahead. */
export interface Unready {
  readonly kind: "unready";
  /** Whether the stream's bodies are JSON. */
  readonly json: boolean;
}

/**
 * The bytes to store for a request body: as they are, or in JSON mode each message followed by a comma. An
 * empty JSON array gives no bytes; whether that is allowed depends on the operation.
 */
export function frameBody(
  json: boolean,
  { body, framing, isReady = false }: FramedBody,
  { aheadBytes }: BodyLimits,
): Ok<StoredBytes> | Rejected | Unready {
  const atOnce = json ? Math.min(aheadBytes, FRAMED_AT_ONCE_BYTES) : aheadBytes;
  const isDone = json ? framing !== undefined : isReady;
  if (!isDone && body.byteLength > atOnce) return { kind: "unready", json };
  if (!json || body.byteLength === 0) return ok(body);
  const found =
    framing ?? splitJsonMessages(body.parts.length === 1 ? body.parts[0]! : Buffer.concat(body.parts));
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
  const { headroom = 0 } = body;
  const [whole, room] =
    body.parts.length === 1 ? [body.parts[0]!, headroom] : [yield* joinedInSteps(body), HEADROOM_BYTES];
  return yield* splitInSteps(whole, FRAMED_AT_ONCE_BYTES, messageBytes, room);
}

/** In memory of its own, with headroom. */
function* joinedInSteps({ parts, byteLength }: StoredBytes): Generator<void, Uint8Array> {
  const whole = withHeadroom(byteLength);
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += JOINED_AT_ONCE_BYTES) {
      const piece = part.subarray(from, from + JOINED_AT_ONCE_BYTES);
      whole.set(piece, at);
      at += piece.length;
      yield;
    }
  }
  return whole;
}
