/** How many streams a service has, and how many bytes they hold: counted now and then, and kept up in between. */
import type { StreamDescription } from "../shard/description.ts";
import type { AllStreams } from "../shard/streams.ts";
import { documentsOf, streamsOf } from "./service-paths.ts";

/** Streams looked at in one step. */
const PAGE = 1000;
/** How old a count is before another may be made, milliseconds: it looks at every stream of the service. */
const AGE_MS = 5000;

export interface Counted {
  readonly streams: number;
  readonly storedBytes: number;
}

export class Census {
  readonly #prefixes: readonly string[];
  readonly #all: AllStreams;
  readonly #now: () => number;
  #streams = 0;
  #bytes = 0;
  /** What came while it is being counted, which the count may have missed. */
  #newStreams = 0;
  #newBytes = 0;
  #countedAt = Number.NEGATIVE_INFINITY;
  #counting: Promise<void> | undefined;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(service: string, all: AllStreams, now: () => number) {
    this.#prefixes = [streamsOf(service), documentsOf(service)];
    this.#all = all;
    this.#now = now;
  }

  /** As far as is known. What was deleted since the last count still counts. */
  get known(): Counted {
    return { streams: this.#streams + this.#newStreams, storedBytes: this.#bytes + this.#newBytes };
  }

  /** Bytes were stored, or a stream was made. */
  add(streams: number, bytes: number): void {
    this.#newStreams += streams;
    this.#newBytes += bytes;
  }

  /** Counts anew, unless that was done a moment ago. Resolves when it is done. Never rejects: then the next one will do. */
  refresh(): Promise<void> {
    if (this.#counting !== undefined) return this.#counting;
    if (this.#now() - this.#countedAt < AGE_MS) return Promise.resolve();
    this.#counting = this.#count()
      .catch(() => undefined)
      .finally(() => {
        this.#counting = undefined;
      });
    return this.#counting;
  }

  async #count(): Promise<void> {
    const { streams: streamsBefore, bytes: bytesBefore } = {
      streams: this.#newStreams,
      bytes: this.#newBytes,
    };
    let streams = 0;
    let bytes = 0;
    for (const prefix of this.#prefixes)
      for (let after: string | undefined = prefix; after !== undefined; ) {
        const page: Awaited<ReturnType<AllStreams["list"]>> = await this.#all.list({
          prefix,
          after,
          limit: PAGE,
        });
        streams += page.streams.length;
        for (const stream of page.streams) bytes += ownBytes(stream);
        after = page.next;
      }
    this.#streams = streams;
    this.#bytes = bytes;
    this.#newStreams -= streamsBefore;
    this.#newBytes -= bytesBefore;
    this.#countedAt = this.#now();
  }
}

/** What a fork has from its source is stored there. */
function ownBytes({ tail, fork }: StreamDescription): number {
  return tail - (fork?.offset ?? 0);
}
