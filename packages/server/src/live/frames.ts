/** SSE frames of a stream: encoded once, however many readers get them (protocol §14.2). */
import { encodeSseEvents, formatOffset, sseNeedsBase64 } from "@perennial/protocol";
import type { Stream } from "../catalog/stream.ts";
import { wholeSlice } from "../shard/bytes.ts";
import { jsonArray } from "../shard/json-array.ts";
import type { Reading } from "../shard/reading.ts";
import type { Shard } from "../shard/shard.ts";
import { sliceEnd, wholeCharactersEnd } from "../shard/slice.ts";
import { namesOffsets } from "../shard/state-streams.ts";

/**
 * Stored bytes that one data event carries at most, unless a single append or message is longer. Large enough that
 * an append is rarely cut, small enough that one event is no burden.
 */
const EVENT_BYTES = 256 * 1024;

/**
 * Frames of one place that are kept, one for each cursor. Clients that come back from the same interval differ by up
 * to 180 intervals (protocol §16.3); more differ only because somebody makes up cursors.
 */
const CURSORS_MAX = 256;

const NOTHING = new Uint8Array();

/** A data event and its control event, ready to be written. */
export interface Frame {
  readonly bytes: Uint8Array;
  /** The position after it: where the next frame begins. */
  readonly end: number;
  /** Whether it reaches the durable tail, as far as whole characters go. */
  readonly upToDate: boolean;
  /** Whether it is the last one: the stream is closed and all was sent. */
  readonly final: boolean;
}

/** Makes frames, and remembers the latest one for the other readers at the same tail. */
export class FrameEncoder {
  readonly #shard: Shard;
  #stream: Stream | undefined;
  #from = 0;
  #tail = 0;
  #closed = false;
  readonly #byCursor = new Map<number, Frame>();

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  /** The frame that begins at `from`; without data when nothing (whole) follows it. */
  *next(stream: Stream, from: number, cursor: number): Reading<Frame> {
    const { visibleTail: tail, visibleClosed: closed } = stream;
    if (!this.#isAt(stream, from, tail, closed)) {
      this.#byCursor.clear();
      this.#stream = stream;
      this.#from = from;
      this.#tail = tail;
      this.#closed = closed;
    }
    const known = this.#byCursor.get(cursor);
    if (known !== undefined) return known;
    const frame = yield* this.#encode(stream, from, cursor);
    // Others may have come by if the bytes lay far away.
    if (!this.#isAt(stream, from, tail, closed)) return frame;
    if (this.#byCursor.size === CURSORS_MAX) this.#byCursor.clear();
    this.#byCursor.set(cursor, frame);
    return frame;
  }

  /** Whether the frames that are kept are those of this place. */
  #isAt(stream: Stream, from: number, tail: number, closed: boolean): boolean {
    return stream === this.#stream && from === this.#from && tail === this.#tail && closed === this.#closed;
  }

  *#encode(stream: Stream, from: number, cursor: number): Reading<Frame> {
    const { visibleTail: tail, visibleClosed: closed } = stream;
    const cut = yield* sliceEnd(this.#shard, stream, from, tail, EVENT_BYTES);
    const end =
      closed && cut === tail ? cut : yield* wholeCharactersEnd(this.#shard, stream, from, cut, tail);
    const upToDate = cut === tail;
    const final = upToDate && closed;
    const { json, contentType } = stream.state;
    const stored = from === end ? NOTHING : yield* wholeSlice(this.#shard, stream, from, end);
    const withOffsets = yield* namesOffsets(this.#shard, stream);
    const bytes = encodeSseEvents({
      payload: json && stored.length > 0 ? jsonArray(stored, from, withOffsets) : stored,
      encoding: json ? "json" : sseNeedsBase64(contentType) ? "base64" : "text",
      nextOffset: formatOffset(end),
      cursor: String(cursor),
      upToDate,
      closed: final,
    });
    return { bytes, end, upToDate, final };
  }
}
