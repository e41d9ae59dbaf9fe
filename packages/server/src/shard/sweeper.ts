/**
 * Looks for expired streams and for streams that need not stay in memory, a little at a time. Expiry is exact
 * without it, since every access checks; the sweep gives the space back.
 */
import type { Stream } from "../catalog/stream.ts";
import { DamagedData } from "../journal/contract/index.ts";
import type { Shard } from "./shard.ts";

/** Streams looked at per step, so that a step is short; the steps of one sweep give way to other work. */
const STEP = 1000;

export class Sweeper {
  readonly #shard: Shard;
  #timer: NodeJS.Timeout | undefined;
  #mortals: Iterator<Stream> | undefined;

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  /** @param intervalMs time between steps, milliseconds */
  start(intervalMs: number): void {
    this.#timer = setInterval(() => this.sweep(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One step: ends what has expired, in memory and in the archive, and drops what is idle if there is too much. */
  sweep(): void {
    this.#expireLoaded();
    this.#expireArchived();
    this.#shard.trim();
  }

  #expireLoaded(): void {
    const now = this.#shard.now();
    this.#mortals ??= this.#shard.catalog.mortals();
    for (let looked = 0; looked < STEP; looked++) {
      const next = this.#mortals.next();
      if (next.done) {
        this.#mortals = undefined;
        return;
      }
      unlessDamaged(() => this.#expire(next.value, now));
    }
  }

  #expireArchived(): void {
    const now = this.#shard.now();
    for (const id of this.#shard.log.archive?.due(now, STEP) ?? []) {
      unlessDamaged(() => {
        const stream = this.#shard.catalog.find(id);
        if (stream !== undefined) this.#expire(stream, now);
      });
    }
  }

  #expire(stream: Stream, now: number): void {
    if (stream.state.life === "live" && stream.isExpired(now)) this.#shard.expire(stream);
  }
}

/** A stream that cannot be read, or whose source cannot, stays: the log has told of it. */
function unlessDamaged(expire: () => void): void {
  try {
    expire();
  } catch (error) {
    if (!(error instanceof DamagedData)) throw error;
  }
}
