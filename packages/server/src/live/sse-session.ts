/**
 * One SSE reader (protocol §14.5), as a small machine:
 *
 *   pushing   it has all there is; each advance of the stream is written to it at once
 *   waiting   what it reads next lies far away and is on its way
 *   lagging   it does not take what it was sent; nothing more is pushed, and once it drains it reads on from the
 *             log at its own pace
 *   ended     its response is over
 *
 * So a reader that does not read costs at most the buffer limit plus one frame, and one that takes nothing for too
 * long is cut off. Its client reconnects with the last offset it saw. Where all readers together have much in their
 * buffers, each gets one short frame at a time.
 */
import { currentCursor, sseHeartbeat } from "@perennial/protocol";
import { type Answer, type Reading, readOut } from "../shard/reading.ts";
import type { FollowedStream } from "../shard/streams.ts";
import type { Frame } from "./frame.ts";
import type { LiveHub, LiveReader, Place, ReaderGroup } from "./hub.ts";

/** Where the session writes. */
export interface SseSink {
  /** Writes the bytes and, together with them, those that follow. */
  write(bytes: Uint8Array, following?: Uint8Array): void;
  /** Bytes written that the client has not taken yet. */
  bufferedBytes(): number;
  end(): void;
  destroy(): void;
}

/** Times in milliseconds, sizes in bytes. */
export interface SseSettings {
  readonly liveBufferBytes: number;
  readonly stalledReaderMs: number;
  readonly sseHeartbeatMs: number;
  readonly sseCycleMs: number;
  /** Share of the cycle by which readers differ, so that they do not all come back at once. */
  readonly sseCycleJitter: number;
}

/** What holds for one reader. */
export interface SseTerms {
  /** The least cursor it may be sent: greater than the one its client came with. */
  readonly leastCursor: number;
  /** When it may not read any more, epoch milliseconds; `Infinity`: not by itself. */
  readonly rightsEndAt: number;
  /** With whom it is counted. */
  readonly group?: ReaderGroup | undefined;
}

/** What one reader writes before it waits for the others: one as fast as the server must leave them their turns. */
const TURN_BYTES = 64 * 1024;

const HEARTBEAT = new TextEncoder().encode(sseHeartbeat);

export class SseSession implements LiveReader {
  readonly #hub: LiveHub;
  readonly #stream: FollowedStream;
  readonly #sink: SseSink;
  readonly #settings: SseSettings;
  readonly #terms: SseTerms;
  readonly #endsAt: number;
  readonly #place: Place;
  #state: "pushing" | "waiting" | "lagging" | "ended" = "pushing";
  #position: number;
  /** The next part of the frame under way: nothing else may be written before it. */
  #more: (() => Reading<Frame>) | undefined;
  #buffered = 0;
  /** To a beat of the clock: a heartbeat may come one beat early. */
  #lastWriteAt: number;
  /** When it last took something from its buffer, or had an empty one. */
  #lastProgressAt: number;

  /** @param first the frame at `position`, which was made to see whether the stream can be read */
  constructor(
    hub: LiveHub,
    stream: FollowedStream,
    first: Frame,
    terms: SseTerms,
    sink: SseSink,
    settings: SseSettings,
  ) {
    this.#hub = hub;
    this.#stream = stream;
    this.#terms = terms;
    this.#sink = sink;
    this.#settings = settings;
    const now = hub.clock.monotonicNow();
    this.#lastWriteAt = now;
    this.#lastProgressAt = now;
    this.#endsAt = now + settings.sseCycleMs * (1 - settings.sseCycleJitter * hub.clock.random());
    this.#position = first.end;
    this.#place = hub.join(stream, this, terms.group);
    this.#place.guard(() => {
      this.#send(first);
      this.#goOnLater();
    });
  }

  advance(): number {
    if (this.#state === "ended") return 0;
    if (this.#stream.isThere) return this.#catchUp();
    this.#end();
    return 0;
  }

  /** The sink has room again. */
  onDrain(): void {
    this.#lastProgressAt = this.#hub.clock.monotonicNow();
    if (this.#state !== "lagging") return;
    this.#state = "pushing";
    this.#account();
    // A client that is always behind is never met pushing by the clock.
    if (this.#lastProgressAt >= this.#endsAt && this.#more === undefined) this.#end();
    else this.#goOnLater();
  }

  /** Not at once: thousands may drain, or come, in the same turn. */
  #goOnLater(): void {
    if (this.#state === "pushing" && this.#lacksSomething()) this.#place.nextTurn();
  }

  /** The client is gone. */
  onDisconnect(): void {
    this.#leave();
  }

  fail(): void {
    this.#state = "ended";
    this.#account();
    this.#sink.destroy();
  }

  tick(now: number): void {
    this.#account();
    if (this.#buffered === 0) this.#lastProgressAt = now;
    const { rightsEndAt } = this.#terms;
    if (rightsEndAt !== Number.POSITIVE_INFINITY && this.#hub.clock.now() >= rightsEndAt) {
      this.finish();
    } else if (now - this.#lastProgressAt >= this.#settings.stalledReaderMs) {
      this.#leave();
      this.#sink.destroy();
    } else if (this.#state !== "pushing" || this.#more !== undefined) {
      return;
    } else if (now >= this.#endsAt) {
      this.#end();
    } else if (now - this.#lastWriteAt >= this.#settings.sseHeartbeatMs) {
      this.#stream.touch();
      this.#write(HEARTBEAT);
    }
  }

  /** Writes what the reader lacks, until it has all, its buffer is full, or it had its share of this turn: so many bytes. */
  #catchUp(): number {
    let written = 0;
    while (this.#state === "pushing" && this.#lacksSomething()) {
      if (written >= TURN_BYTES) {
        this.#place.nextTurn();
        break;
      }
      const frame = readOut(this.#nextFrame());
      if (frame instanceof Promise) {
        this.#waitFor(frame);
        break;
      }
      // Nothing but the beginning of a character: wait for the rest of it.
      if (!this.#isProgress(frame)) break;
      this.#send(frame);
      written += frame.bytes.length;
    }
    return written;
  }

  /** Sends a frame that is on its way, and goes on. */
  #waitFor(coming: Promise<Frame>): void {
    this.#state = "waiting";
    const goOn = (frame: Frame): void => {
      if (this.#state !== "waiting") return;
      this.#state = "pushing";
      if (this.#isProgress(frame)) this.#send(frame);
      this.#catchUp();
    };
    coming.then(
      (frame) => this.#place.guard(() => goOn(frame)),
      (error) => this.#place.fail(error),
    );
  }

  #isProgress(frame: Frame): boolean {
    return frame.end > this.#position || frame.final || frame.more !== undefined;
  }

  #lacksSomething(): boolean {
    const { tail, closed } = this.#stream;
    return this.#more !== undefined || this.#position < tail || closed;
  }

  #nextFrame(): Answer<Frame> {
    if (this.#more !== undefined) return this.#more();
    const cursor = Math.max(this.#terms.leastCursor, currentCursor(this.#hub.clock.now()));
    return this.#hub.frames.next(this.#stream, this.#position, cursor, this.#hub.eventBytes);
  }

  #send(frame: Frame): void {
    this.#position = frame.end;
    this.#more = frame.more;
    this.#write(frame.bytes, frame.control);
    if (frame.final) this.#end();
  }

  #write(bytes: Uint8Array, following?: Uint8Array): void {
    this.#lastWriteAt = this.#hub.beatAt;
    this.#sink.write(bytes, following);
    this.#account();
    if (this.#buffered > this.#hub.bufferLimit(this.#settings.liveBufferBytes)) this.#state = "lagging";
  }

  /** Tells the hub how much is in the buffer. */
  #account(): void {
    const buffered = this.#state === "ended" ? 0 : this.#sink.bufferedBytes();
    this.#hub.bufferedBytes += buffered - this.#buffered;
    this.#buffered = buffered;
  }

  /** A last control event, so that the client knows where to resume. */
  finish(): void {
    const isBetweenEvents = this.#state === "pushing" && this.#more === undefined;
    const last = isBetweenEvents ? readOut(this.#nextFrame()) : undefined;
    // Nobody waits for bytes that lie far away: the client resumes at the last event that it saw.
    if (last !== undefined && !(last instanceof Promise)) this.#send(last);
    this.#end();
  }

  #end(): void {
    if (this.#state === "ended") return;
    this.#leave();
    this.#sink.end();
  }

  #leave(): void {
    this.#state = "ended";
    this.#account();
    this.#place.leave();
  }
}
