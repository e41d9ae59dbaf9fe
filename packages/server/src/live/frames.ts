/** SSE frames of a stream: encoded once, however many readers get them (protocol §14.2). */
import {
  encodeSseControl,
  encodeSseEvents,
  formatOffset,
  type SseControl,
  sseNeedsBase64,
} from "@perennial/protocol";
import { jsonArray } from "../shard/json-array.ts";
import { type Answer, inSteps, type Reading } from "../shard/reading.ts";
import { NAMED_BYTES } from "../shard/state-streams.ts";
import type { FollowedStream } from "../shard/streams.ts";
import type { Frame } from "./frame.ts";
import { LongMessages } from "./long-messages.ts";

/**
 * Stored bytes that one data event carries at most, unless a single message is longer, which is sent in pieces. Large
 * enough that an append is rarely cut, small enough that one event is no burden.
 */
export const EVENT_BYTES = NAMED_BYTES;

/** A data event up to this length is encoded for each cursor anew, with its control event, so that one write is enough. */
const JOINED_BYTES = 8 * 1024;

/**
 * Frames of one place that are kept, one for each cursor. Clients that come back from the same interval differ by up
 * to 180 intervals (protocol §16.3); more differ only because somebody makes up cursors.
 */
const CURSORS_MAX = 256;

const NOTHING = new Uint8Array();

/** The frame of a place as its first reader got it; the data part is everybody's. */
interface SharedFrame {
  /** Without the control event; undefined when the frame is so short that each cursor has its own. */
  readonly data: Uint8Array | undefined;
  readonly end: number;
  readonly final: boolean;
  readonly control: Omit<SseControl, "cursor">;
}

/** Makes frames, and remembers the latest one for the other readers at the same tail. */
export class FrameEncoder {
  readonly #longMessages = new LongMessages();
  #stream: FollowedStream | undefined;
  #from = 0;
  #tail = 0;
  #closed = false;
  #limit = 0;
  #shared: SharedFrame | "long" | undefined;
  readonly #byCursor = new Map<number, Frame>();

  /**
   * The frame that begins at `from`; without data when nothing (whole) follows it.
   *
   * @param limit stored bytes of its data event, unless a single message is longer
   */
  next(stream: FollowedStream, from: number, cursor: number, limit = EVENT_BYTES): Answer<Frame> {
    const { tail, closed } = stream;
    if (this.#isAt(stream, from, tail, closed, limit)) {
      const known = this.#byCursor.get(cursor);
      if (known !== undefined) return known;
    } else {
      this.#byCursor.clear();
      this.#shared = undefined;
      this.#stream = stream;
      this.#from = from;
      this.#tail = tail;
      this.#closed = closed;
      this.#limit = limit;
    }
    return this.#make(stream, from, cursor, limit);
  }

  /** Makes a frame of this place, and keeps it. */
  *#make(stream: FollowedStream, from: number, cursor: number, limit: number): Reading<Frame> {
    const { tail, closed } = stream;
    const known = this.#withCursor(stream, from, cursor);
    const frame = known ?? (yield* this.#encode(stream, from, cursor, limit));
    // Others may have come by if the bytes lay far away.
    if (!this.#isAt(stream, from, tail, closed, limit)) return frame;
    if (this.#byCursor.size === CURSORS_MAX) this.#byCursor.clear();
    this.#byCursor.set(cursor, frame);
    return frame;
  }

  /** Whether the frames that are kept are those of this place. */
  #isAt(stream: FollowedStream, from: number, tail: number, closed: boolean, limit: number): boolean {
    const isPlace = stream === this.#stream && from === this.#from && limit === this.#limit;
    return isPlace && tail === this.#tail && closed === this.#closed;
  }

  /** The frame that others have already, for another cursor. */
  #withCursor(stream: FollowedStream, from: number, cursor: number): Frame | undefined {
    const shared = this.#shared;
    if (shared === "long") return this.#longMessages.first(stream, from, cursor);
    if (shared?.data === undefined) return undefined;
    const control = encodeSseControl({ ...shared.control, cursor: String(cursor) });
    return { bytes: shared.data, control, end: shared.end, final: shared.final };
  }

  *#encode(stream: FollowedStream, from: number, cursor: number, limit: number): Reading<Frame> {
    const { tail, closed } = stream;
    const cut = yield* inSteps(stream.shortEnd(from, tail, limit));
    if (cut === undefined) {
      if (this.#isAt(stream, from, tail, closed, limit)) this.#shared = "long";
      return this.#longMessages.first(stream, from, cursor);
    }
    const end = closed && cut === tail ? cut : yield* inSteps(stream.wholeCharactersEnd(from, cut));
    const upToDate = cut === tail;
    const final = upToDate && closed;
    const { json, contentType } = stream;
    const stored = from === end ? NOTHING : yield* inSteps(stream.bytes(from, end));
    const withOffsets = yield* inSteps(stream.namesOffsets());
    const control = { nextOffset: formatOffset(end), cursor: String(cursor), upToDate, closed: final };
    const bytes = encodeSseEvents({
      payload: json && stored.length > 0 ? jsonArray(stored, from, withOffsets) : stored,
      encoding: json ? "json" : sseNeedsBase64(contentType) ? "base64" : "text",
      ...control,
    });
    const isJoined = bytes.length <= JOINED_BYTES;
    const data = isJoined ? undefined : bytes.subarray(0, bytes.length - encodeSseControl(control).length);
    if (this.#isAt(stream, from, tail, closed, limit)) this.#shared = { data, end, final, control };
    return { bytes, end, final };
  }
}
