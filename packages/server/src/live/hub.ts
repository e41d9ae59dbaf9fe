/**
 * All live readers of a server: how many there are, who waits at which tail, the loop in which they read, and the one
 * clock that drives their heartbeats, cycles and stalls (a timer for each of ten thousand connections would cost more
 * than all of them).
 */
import type { FollowedStream, TailListener } from "../shard/streams.ts";
import type { Logger } from "../telemetry/logger.ts";
import { logReadFailure } from "../telemetry/read-failure.ts";
import { EVENT_BYTES, FrameEncoder } from "./frames.ts";
import { ReadyReaders, type Runnable } from "./ready-readers.ts";

/** A reader at a tail. What its methods throw ends this reader alone. */
export interface LiveReader {
  /** The stream may have changed: reads and sends what there is, and may tell how many bytes that was. */
  advance(): number | undefined;
  /** A beat of the clock. @param now monotonic milliseconds */
  tick?(now: number): void;
  /** The server stops: ends the response properly. */
  finish(): void;
  /** One of the others threw, which was logged: ends the response as one that failed. Must not throw. */
  fail(error: unknown): void;
}

/** Live readers that are counted together. */
export interface ReaderGroup {
  count: number;
}

/** A reader's place at a tail. */
export interface Place {
  /** Has the reader advance in a later turn of the event loop. */
  nextTurn(): void;
  /** Runs a step of the reader's, guarded: what it throws is logged, and the reader fails. */
  guard(step: () => void): void;
  /** A step of the reader's has failed: that is logged, and the reader fails. */
  fail(error: unknown): void;
  /** Takes the reader away. May be called more than once. */
  leave(): void;
}

/** Times and chance, as live readers need them. */
export interface LiveClock {
  /** Epoch milliseconds, for cursors. */
  now(): number;
  /** Milliseconds of a clock that nobody sets. */
  monotonicNow(): number;
  /** [0, 1) */
  random(): number;
}

/** Stored bytes of an event where memory is short. */
const SHORT_EVENT_BYTES = 64 * 1024;

/** Bytes in the buffers of all live readers together unless told otherwise. */
export const LIVE_BUDGET_BYTES = 64 * 1024 * 1024;

export class LiveHub {
  readonly frames = new FrameEncoder();
  readonly clock: LiveClock;
  /** Bytes that are in the buffers of all readers, kept by the readers. A frame counts for each that has it. */
  bufferedBytes = 0;
  /** When the clock last began a beat, monotonic ms: near enough where thousands would ask for the time in one turn. */
  beatAt: number;
  readonly #limit: number;
  readonly #logger: Logger;
  readonly #budgetBytes: number;
  readonly #ready = new ReadyReaders();
  readonly #seats = new Set<Seat>();
  readonly #ticking = new Set<Seat>();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  /**
   * @param limit live readers at once
   * @param logger hears of reads that failed
   * @param budgetBytes bytes in the buffers of all readers from which on each gets one short frame at a time
   */
  constructor(clock: LiveClock, limit: number, logger: Logger, budgetBytes = LIVE_BUDGET_BYTES) {
    this.clock = clock;
    this.beatAt = clock.monotonicNow();
    this.#limit = limit;
    this.#logger = logger;
    this.#budgetBytes = budgetBytes;
  }

  /** Live readers at this moment. */
  get readers(): number {
    return this.#seats.size;
  }

  /** Stored bytes of the next event of a reader, about. */
  get eventBytes(): number {
    return this.bufferedBytes < this.#budgetBytes ? EVENT_BYTES : SHORT_EVENT_BYTES;
  }

  /** Bytes that one reader may have in its buffer, and still be pushed to. */
  bufferLimit(liveBufferBytes: number): number {
    return this.bufferedBytes < this.#budgetBytes ? liveBufferBytes : 0;
  }

  /** Starts the clock. @param beatMs time between beats, milliseconds */
  start(beatMs: number): void {
    this.#timer = setInterval(() => {
      this.beatAt = this.clock.monotonicNow();
      this.#ready.each(this.#ticking, (seat) => seat.tick(this.clock.monotonicNow()));
    }, beatMs);
    this.#timer.unref();
  }

  /** Whether another reader may join now. */
  room(): "free" | "full" | "stopping" {
    if (this.#stopping) return "stopping";
    return this.readers < this.#limit ? "free" : "full";
  }

  /** Places a reader at a stream's tail. While it is there, the stream's TTL does not run out (protocol §15.4). */
  join(stream: FollowedStream, reader: LiveReader, group?: ReaderGroup): Place {
    const seat = new Seat(stream, reader, this.#ready, this.#logger, () => this.#leave(seat, group));
    if (group !== undefined) group.count += 1;
    stream.listen(seat);
    this.#seats.add(seat);
    if (reader.tick !== undefined) this.#ticking.add(seat);
    return seat;
  }

  #leave(seat: Seat, group: ReaderGroup | undefined): void {
    if (!this.#seats.delete(seat)) return;
    if (group !== undefined) group.count -= 1;
    this.#ticking.delete(seat);
    seat.stream.unlisten(seat);
    seat.stream.touch();
  }

  /** Ends every reader and admits no more. */
  stop(): void {
    this.#stopping = true;
    clearInterval(this.#timer);
    for (const seat of [...this.#seats]) seat.guard(() => seat.reader.finish());
  }
}

class Seat implements Place, TailListener, Runnable {
  readonly stream: FollowedStream;
  readonly reader: LiveReader;
  readonly leave: () => void;
  readonly #ready: ReadyReaders;
  readonly #logger: Logger;
  #isMarked = false;

  constructor(
    stream: FollowedStream,
    reader: LiveReader,
    ready: ReadyReaders,
    logger: Logger,
    leave: () => void,
  ) {
    this.stream = stream;
    this.reader = reader;
    this.leave = leave;
    this.#ready = ready;
    this.#logger = logger;
  }

  onChange(): void {
    if (this.#isMarked) return;
    this.#isMarked = true;
    this.#ready.mark(this);
  }

  nextTurn(): void {
    if (this.#isMarked) return;
    this.#isMarked = true;
    this.#ready.markForLater(this);
  }

  run(): number {
    this.#isMarked = false;
    try {
      return this.reader.advance() ?? 0;
    } catch (error) {
      this.fail(error);
      return 0;
    }
  }

  tick(now: number): void {
    try {
      this.reader.tick?.(now);
    } catch (error) {
      this.fail(error);
    }
  }

  guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    logReadFailure(this.#logger, error, { stream: this.stream.path });
    this.leave();
    this.reader.fail(error);
  }
}
