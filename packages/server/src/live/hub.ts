/**
 * All live readers of a shard: how many there are, who waits at which tail, the loop in which they read, and the one
 * clock that drives their heartbeats, cycles and stalls (a timer for each of ten thousand connections would cost more
 * than all of them).
 */
import type { Stream, TailListener } from "../catalog/stream.ts";
import type { Shard } from "../shard/shard.ts";
import type { Logger } from "../telemetry/logger.ts";
import { logReadFailure } from "../telemetry/read-failure.ts";
import { FrameEncoder } from "./frames.ts";
import { ReadyReaders, type Runnable } from "./ready-readers.ts";

/** A reader at a tail. What its methods throw ends this reader alone. */
export interface LiveReader {
  /** The stream may have changed: reads and sends what there is. */
  advance(): void;
  /** A beat of the clock. @param now epoch milliseconds */
  tick?(now: number): void;
  /** The server stops: ends the response properly. */
  finish(): void;
  /** One of the others threw, which was logged: ends the response as one that failed. Must not throw. */
  fail(error: unknown): void;
}

/** A reader's place at a tail. */
export interface Place {
  /** Runs a step of the reader's, guarded: what it throws is logged, and the reader fails. */
  guard(step: () => void): void;
  /** A step of the reader's has failed: that is logged, and the reader fails. */
  fail(error: unknown): void;
  /** Takes the reader away. May be called more than once. */
  leave(): void;
}

export class LiveHub {
  readonly frames: FrameEncoder;
  readonly #shard: Shard;
  readonly #limit: number;
  readonly #logger: Logger;
  readonly #ready = new ReadyReaders();
  readonly #seats = new Set<Seat>();
  readonly #ticking = new Set<Seat>();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  /**
   * @param limit live readers at once
   * @param logger hears of reads that failed
   */
  constructor(shard: Shard, limit: number, logger: Logger) {
    this.#shard = shard;
    this.#limit = limit;
    this.#logger = logger;
    this.frames = new FrameEncoder(shard);
  }

  /** Live readers at this moment. */
  get readers(): number {
    return this.#seats.size;
  }

  /** Starts the clock. @param beatMs time between beats, milliseconds */
  start(beatMs: number): void {
    this.#timer = setInterval(() => {
      const now = this.#shard.now();
      for (const seat of this.#ticking) seat.tick(now);
    }, beatMs);
    this.#timer.unref();
  }

  /** Whether another reader may join now. */
  room(): "free" | "full" | "stopping" {
    if (this.#stopping) return "stopping";
    return this.readers < this.#limit ? "free" : "full";
  }

  /** Places a reader at a stream's tail. While it is there, the stream's TTL does not run out (protocol §15.4). */
  join(stream: Stream, reader: LiveReader): Place {
    const seat = new Seat(stream, reader, this.#ready, this.#logger, () => this.#leave(seat));
    stream.listen(seat);
    this.#seats.add(seat);
    if (reader.tick !== undefined) this.#ticking.add(seat);
    return seat;
  }

  #leave(seat: Seat): void {
    if (!this.#seats.delete(seat)) return;
    this.#ticking.delete(seat);
    seat.stream.unlisten(seat);
    this.#shard.touch(seat.stream);
  }

  /** Ends every reader and admits no more. */
  stop(): void {
    this.#stopping = true;
    clearInterval(this.#timer);
    for (const seat of [...this.#seats]) seat.guard(() => seat.reader.finish());
  }
}

class Seat implements Place, TailListener, Runnable {
  readonly stream: Stream;
  readonly reader: LiveReader;
  readonly leave: () => void;
  readonly #ready: ReadyReaders;
  readonly #logger: Logger;
  #isMarked = false;

  constructor(stream: Stream, reader: LiveReader, ready: ReadyReaders, logger: Logger, leave: () => void) {
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

  run(): void {
    this.#isMarked = false;
    try {
      this.reader.advance();
    } catch (error) {
      this.fail(error);
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
    logReadFailure(this.#logger, error, { stream: this.stream.state.path });
    this.leave();
    this.reader.fail(error);
  }
}
