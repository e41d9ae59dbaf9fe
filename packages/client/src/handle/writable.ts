import { DEFAULT_CONTENT_TYPE, PRODUCER_EPOCH, STREAM_CLOSED } from "@perennial/protocol";
import { FetchError } from "../errors/fetch-error.ts";
import { StaleEpochError } from "../errors/producer-errors.ts";
import { mergeHeaders } from "../http/records.ts";
import type { DurableStreamOptions, WritableOptions } from "../options.ts";
import { drawEpoch } from "../producer/epoch.ts";
import type { BackoffOptions } from "../resilience-options.ts";
import { appendHeaders, sendAppends } from "./append.ts";
import { AppendQueue } from "./append-queue.ts";
import { asContent, type Content } from "./content.ts";
import { HandleRequests } from "./requests.ts";

const BATCH_LENGTH_MAX = 1024 * 1024;
const LINGER_MS = 5;
/** A pipe that cannot reach its server says so after a minute. */
const BACKOFF: Partial<BackoffOptions> = { maxDelay: 5_000, deadline: 60_000 };

/**
 * What `DurableStream.writable()` writes to. One batch is sent after the other, each under a producer's next number, so
 * that a repeated one is stored once. The epoch is drawn: a duplicate is always its own, and whoever pipes under the
 * same id later is in force. `IdempotentProducer` does more (batches side by side, take-over, restart), which whoever
 * uses handles alone should not have to load.
 */
export class Pipe implements UnderlyingSink<Content> {
  readonly #requests: HandleRequests;
  readonly #options: WritableOptions;
  readonly #contentType: string;
  readonly #queue: AppendQueue;
  readonly #batchLengthMax: number;
  readonly #producer: { readonly producerId: string; readonly producerEpoch: number; producerSeq: number };
  #failure: { readonly error: unknown } | undefined;
  /** Settles when all that was written is stored, or given up. Never rejects. */
  #stored = Promise.resolve();
  /** What is not stored yet, in bytes or UTF-16 code units. */
  #waiting = 0;
  #whenLess = () => {};

  constructor(handle: DurableStreamOptions, options: WritableOptions) {
    const { producerId = `writable-${Math.random()}`, headers, maxBatchBytes = BATCH_LENGTH_MAX } = options;
    this.#options = options;
    this.#batchLengthMax = maxBatchBytes;
    this.#requests = new HandleRequests({
      ...handle,
      backoffOptions: handle.backoffOptions ?? BACKOFF,
      headers: mergeHeaders(handle.headers, headers),
    });
    this.#contentType = handle.contentType ?? DEFAULT_CONTENT_TYPE;
    this.#producer = { producerId, producerEpoch: drawEpoch(-1), producerSeq: 0 };
    this.#queue = new AppendQueue(
      async (appends, signal) => {
        // Behind a batch that is not stored nothing may be.
        this.#check();
        const result = await sendAppends(this.#requests, appends, { ...this.#producer, signal });
        this.#producer.producerSeq++;
        return result;
      },
      () => false,
      options.lingerMs ?? LINGER_MS,
      maxBatchBytes,
    );
  }

  /** Takes a chunk, a copy of its bytes. Holds the pipe back while a batch is on its way and the next is full. */
  async write(chunk: unknown): Promise<void> {
    this.#check();
    const taken = asContent(chunk, this.#contentType);
    const content = typeof taken === "string" ? taken : taken.slice();
    const { length } = content;
    const { signal } = this.#options;
    this.#waiting += length;
    this.#stored = this.#queue
      .add({ content, contentType: this.#contentType, seq: undefined, signal })
      .catch(this.#fail)
      .then(() => {
        this.#waiting -= length;
        this.#whenLess();
      });
    while (this.#waiting > 2 * this.#batchLengthMax) {
      await new Promise<void>((resolve) => {
        this.#whenLess = resolve;
      });
    }
  }

  async close(): Promise<void> {
    await this.#stored;
    this.#check();
    const headers = { ...appendHeaders(this.#contentType, this.#producer), [STREAM_CLOSED]: true as const };
    const { signal } = this.#options;
    await this.#requests.send({ method: "POST", headers, signal });
  }

  abort(): Promise<void> {
    return this.#stored;
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  readonly #fail = (cause: unknown): void => {
    if (this.#failure) return;
    const error = fenceError(cause);
    this.#failure = { error };
    this.#options.onError?.(error as Error);
  };
}

/** A refusal that names the epoch in force is told as a producer tells it. An attempt before it may be stored. */
function fenceError(error: unknown): unknown {
  if (!(error instanceof FetchError) || error.status !== 403) return error;
  const epoch = error.headers[PRODUCER_EPOCH.toLowerCase()];
  return epoch ? new StaleEpochError(Number(epoch), true) : error;
}
