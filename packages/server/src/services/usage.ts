/** What a service uses at this moment, beside what it may. */
import type { Census } from "./census.ts";
import type { LimitName, LimitReached, ServiceLimits } from "./limits.ts";
import { Rate } from "./rate.ts";

/** Figures of a service, for itself and for operators. */
export interface UsageFigures {
  /** Requests to write that were let in, and bytes of their bodies, since the server started. */
  readonly writes: number;
  readonly bytes: number;
  readonly liveReaders: number;
  /** As last counted, and what came since. */
  readonly streams: number;
  readonly storedBytes: number;
}

/** When what is full is looked at again, seconds. */
const FULL_RETRY_SECONDS = 30;
const READERS_RETRY_SECONDS = 5;

export class ServiceUsage {
  readonly readers = { count: 0 };
  readonly #census: Census;
  readonly #now: () => number;
  #limits: ServiceLimits = {};
  #writeRate: Rate | undefined;
  #byteRate: Rate | undefined;
  #writes = 0;
  #bytes = 0;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(census: Census, now: () => number) {
    this.#census = census;
    this.#now = now;
  }

  get limits(): ServiceLimits {
    return this.#limits;
  }

  set limits(limits: ServiceLimits) {
    this.#limits = limits;
    const rate = (limit: number | undefined) =>
      limit === undefined ? undefined : new Rate(limit, this.#now);
    this.#writeRate = rate(limits.writesPerSecond);
    this.#byteRate = rate(limits.bytesPerSecond);
    if (limits.streams !== undefined || limits.storedBytes !== undefined) void this.#census.refresh();
  }

  /** One more request that writes. */
  write(): LimitReached | undefined {
    const rate = this.#writeRate;
    if (rate !== undefined && !rate.spend(1)) return this.#overRate("writesPerSecond", rate);
    this.#writes += 1;
    return undefined;
  }

  /** The body of a request that writes, once it is there. */
  body(byteLength: number): LimitReached | undefined {
    if (byteLength === 0) return undefined;
    const rate = this.#byteRate;
    if (rate !== undefined && !rate.spend(byteLength)) return this.#overRate("bytesPerSecond", rate);
    const full = this.#full("storedBytes", byteLength);
    if (full === undefined) this.#bytes += byteLength;
    return full;
  }

  /** One more stream. */
  stream(): LimitReached | undefined {
    return this.#full("streams", 1);
  }

  /** One more live reader. */
  reader(): LimitReached | undefined {
    const limit = this.#limits.liveReaders;
    if (limit === undefined || this.readers.count < limit) return undefined;
    return this.#reached("liveReaders", limit, this.readers.count, READERS_RETRY_SECONDS);
  }

  /** Bytes were stored, or streams made. */
  stored(streams: number, bytes: number): void {
    this.#census.add(streams, bytes);
  }

  /** What it uses, counted anew unless that was done a moment ago. */
  async counted(): Promise<UsageFigures> {
    await this.#census.refresh();
    return this.figures;
  }

  get figures(): UsageFigures {
    return {
      ...{ writes: this.#writes, bytes: this.#bytes, liveReaders: this.readers.count },
      ...this.#census.known,
    };
  }

  #full(name: "streams" | "storedBytes", more: number): LimitReached | undefined {
    const limit = this.#limits[name];
    if (limit === undefined) return undefined;
    const use = this.#census.known[name];
    if (use + more <= limit) return undefined;
    // Something may have been deleted, or have expired.
    void this.#census.refresh();
    return this.#reached(name, limit, use, FULL_RETRY_SECONDS);
  }

  #overRate(name: LimitName, rate: Rate): LimitReached {
    return this.#reached(name, this.#limits[name]!, rate.asked, rate.retryAfter);
  }

  #reached(name: LimitName, limit: number, use: number, retryAfter: number): LimitReached {
    return { kind: "service-limit", name, limit, use, retryAfter };
  }
}
