/**
 * All live readers of a shard: how many there are, who waits at which tail, and the one clock that drives their
 * heartbeats, cycles and stalls (a timer for each of ten thousand connections would cost more than all of them).
 */
import type { Stream, TailListener } from "../catalog/stream.ts";
import type { Shard } from "../shard/shard.ts";
import { FrameEncoder } from "./frames.ts";

/** A reader whose connection needs looking after as time goes by. */
export interface Ticking {
  /** Called at every beat, with the current time in epoch milliseconds. */
  tick(now: number): void;
}

export class LiveHub {
  readonly frames: FrameEncoder;
  readonly #shard: Shard;
  readonly #limit: number;
  readonly #ticking = new Set<Ticking>();
  /** How to end each reader when the server stops. */
  readonly #endings = new Map<TailListener, () => void>();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  /** @param limit live readers at once */
  constructor(shard: Shard, limit: number) {
    this.#shard = shard;
    this.#limit = limit;
    this.frames = new FrameEncoder(shard);
  }

  /** Live readers at this moment. */
  get readers(): number {
    return this.#endings.size;
  }

  /** Starts the clock. @param beatMs time between beats, milliseconds */
  start(beatMs: number): void {
    this.#timer = setInterval(() => {
      const now = this.#shard.now();
      for (const reader of this.#ticking) reader.tick(now);
    }, beatMs);
    this.#timer.unref();
  }

  /** Whether another reader may join now. */
  room(): "free" | "full" | "stopping" {
    if (this.#stopping) return "stopping";
    return this.readers < this.#limit ? "free" : "full";
  }

  /**
   * Places a reader at a stream's tail. While it is there, the stream's TTL does not run out (protocol
   * §15.4).
   *
   * @param end ends the reader's response properly; called when the server stops
   * @returns takes the reader away again; may be called more than once
   */
  join(stream: Stream, reader: TailListener, end: () => void): () => void {
    stream.listen(reader);
    this.#endings.set(reader, end);
    return () => {
      if (!this.#endings.delete(reader)) return;
      stream.unlisten(reader);
      this.#shard.touch(stream);
    };
  }

  /** Lets the clock call `reader` until the returned function is called. */
  keepTime(reader: Ticking): () => void {
    this.#ticking.add(reader);
    return () => this.#ticking.delete(reader);
  }

  /** Ends every reader and admits no more. */
  stop(): void {
    this.#stopping = true;
    clearInterval(this.#timer);
    for (const end of [...this.#endings.values()]) end();
  }
}
