import { DEFAULT_CONTENT_TYPE, PRODUCER_EPOCH, STREAM_CLOSED } from "@perennial/protocol";
import { FetchError } from "../errors/fetch-error.ts";
import { StaleEpochError } from "../errors/producer-errors.ts";
import { mergeHeaders } from "../http/records.ts";
import { sleep } from "../http/timer.ts";
import type { DurableStreamOptions, WritableOptions } from "../options.ts";
import { drawEpoch } from "../producer/epoch.ts";
import type { BackoffOptions } from "../resilience-options.ts";
import { appendHeaders } from "./append.ts";
import { asContent, type Body, type Content, joinContents } from "./content.ts";
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
  readonly #batchLengthMax: number;
  readonly #producer: { readonly producerId: string; readonly producerEpoch: number; producerSeq: number };
  /** What is not stored yet. Chunks have no promises of their own: there may be very many. */
  #chunks: Content[] = [];
  /** The length of those that no request holds, in bytes or UTF-16 code units. */
  #waiting = 0;
  /** Settles when all that was written is stored, or given up. Never rejects. */
  #stored = Promise.resolve();
  #whenLess = () => {};
  /** Throws what the pipe failed with. */
  #check = () => {};

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
  }

  /** Takes a chunk, a copy of its bytes. Holds the pipe back while a batch is on its way and the next is full. */
  async write(chunk: unknown): Promise<void> {
    this.#check();
    const content = asContent(chunk, this.#contentType);
    this.#waiting += content.length;
    if (this.#chunks.push(content.slice() as Content) === 1) this.#stored = this.#sendAll().catch(this.#fail);
    while (this.#waiting > this.#batchLengthMax) {
      await new Promise<void>((resolve) => {
        this.#whenLess = resolve;
      });
    }
  }

  async close(): Promise<void> {
    await this.#stored;
    this.#check();
    await this.#post(undefined, true);
  }

  abort(): Promise<void> {
    return this.#stored;
  }

  /** Sends batch after batch until nothing is left. Behind one that is not stored nothing may be. */
  async #sendAll(): Promise<void> {
    await sleep(this.#options.lingerMs ?? LINGER_MS, undefined);
    while (this.#chunks.length > 0) {
      // As many as fit, and one at least.
      let length = 0;
      let count = 0;
      for (const chunk of this.#chunks) {
        if (count > 0 && length + chunk.length > this.#batchLengthMax) break;
        length += chunk.length;
        count++;
      }
      this.#waiting -= length;
      this.#whenLess();
      await this.#post(joinContents(this.#chunks.slice(0, count), this.#contentType));
      this.#chunks.splice(0, count);
      this.#producer.producerSeq++;
    }
  }

  async #post(body: Body | undefined, closes?: true): Promise<void> {
    const headers = { ...appendHeaders(this.#contentType, this.#producer), [STREAM_CLOSED]: closes };
    await this.#requests.send({ method: "POST", headers, body, signal: this.#options.signal });
  }

  readonly #fail = (cause: unknown): void => {
    const error = fenceError(cause);
    this.#check = () => {
      throw error;
    };
    this.#waiting = 0;
    this.#whenLess();
    this.#options.onError?.(error);
  };
}

/** A refusal that names the epoch in force is told as a producer tells it. An attempt before it may be stored. */
function fenceError(error: unknown): Error {
  const epoch =
    error instanceof FetchError && error.status === 403 && error.headers[PRODUCER_EPOCH.toLowerCase()];
  return epoch ? new StaleEpochError(Number(epoch), true) : (error as Error);
}
