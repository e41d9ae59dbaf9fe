import { DEFAULT_CONTENT_TYPE, isJson } from "@perennial/protocol";
import { DurableStreamError } from "../errors/durable-stream-error.ts";
import { SequenceGapError, StaleEpochError } from "../errors/producer-errors.ts";
import { asBytes, type Content, joinContents } from "../handle/content.ts";
import type { DurableStream } from "../handle/durable-stream.ts";
import { requestsOf } from "../handle/registry.ts";
import { backoffBound } from "../http/backoff.ts";
import { sleep } from "../http/timer.ts";
import type { CloseResult, IdempotentProducerOptions, Offset } from "../options.ts";
import { BatchBuffer } from "./batch-buffer.ts";
import { type ProducerPost, producerPost } from "./post.ts";
import { type Flight, type Outcome, ProducerQueue } from "./queue.ts";
import { type ProducerSettings, producerSettings } from "./settings.ts";

/** Batches whose memory is kept for reuse. */
const SPARE_MAX = 2;

/**
 * Writes to a stream so that every message is stored exactly once and in order, whatever the network does. Messages
 * are gathered into batches; each batch has a sequence number under which it is repeated until the server has it.
 *
 * A batch that cannot be stored stops the producer: `onError` is told of it and of every batch behind it, and nothing
 * more is sent until `restart()`. Exactly once holds per epoch: if a network failure and a take-over by another
 * producer coincide, a batch may be stored under both epochs.
 *
 * @throws Error when `epoch`, `maxBatchBytes`, `lingerMs` or `maxInFlight` is out of range
 * @example
 * ```ts
 * import { DurableStream, IdempotentProducer } from "@perennial/client";
 * const handle = await DurableStream.connect({ url: "https://example.com/streams/orders" });
 * const producer = new IdempotentProducer(handle, "importer-1", { autoClaim: true, onError: console.error });
 * for (let id = 0; id < 1000; id++) producer.append(JSON.stringify({ id }));
 * await producer.flush({ rejectOnError: true });
 * await producer.detach();
 * ```
 */
export class IdempotentProducer {
  readonly #handle: Pick<DurableStream, "url" | "contentType">;
  readonly #settings: ProducerSettings;
  readonly #queue: ProducerQueue;
  readonly #post: ProducerPost;
  #open: BatchBuffer | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  /** Memory of batches that are stored, for the next ones: a busy producer then allocates none. */
  readonly #spare: ArrayBuffer[] = [];
  #state: "open" | "closing" | "detached" = "open";
  #lastOffset: Offset | undefined;
  /** When each flight was sent first, in ms since 1970. */
  readonly #firstSent = new WeakMap<Flight, number>();
  /** The first error since the last flush. */
  #unflushed: { readonly error: unknown } | undefined;
  #idleWaiters: (() => void)[] = [];
  #final: { readonly message: Content | undefined } | undefined;
  #closing: Promise<CloseResult> | undefined;

  constructor(stream: DurableStream, producerId: string, opts: IdempotentProducerOptions = {}) {
    const requests = requestsOf(stream);
    this.#handle = stream;
    this.#settings = producerSettings(opts, requests);
    this.#queue = new ProducerQueue(this.#settings);
    this.#post = producerPost(requests, producerId, opts);
    const { signal } = this.#settings;
    signal?.addEventListener("abort", () => this.#abort(), { once: true });
    if (signal?.aborted) this.#abort();
  }

  /** The epoch under which it writes. */
  get epoch(): number {
    return this.#queue.epoch;
  }

  /** The sequence number of the next batch to be sent. */
  get nextSeq(): number {
    return this.#queue.nextSeq;
  }

  /** Messages in the open batch. */
  get pendingCount(): number {
    return this.#open?.count ?? 0;
  }

  /** Batches waiting and on their way. */
  get inFlightCount(): number {
    return this.#queue.size;
  }

  /** The greatest offset that the server reported for a stored batch. */
  get lastSuccessfulOffset(): Offset | undefined {
    return this.#lastOffset;
  }

  /**
   * Adds a message: bytes, text, or for JSON streams JSON text. Returns at once; bytes are copied. Nothing limits how
   * much may wait: await `flush()`, or pipe into `DurableStream.writable()`, to be held back.
   *
   * @throws DurableStreamError `ALREADY_CLOSED` after `close()` or `detach()`; `BAD_REQUEST` for any other type
   */
  append(body: Uint8Array | string): void {
    if (this.#state !== "open") throw alreadyClosed();
    if (typeof body !== "string" && !(body instanceof Uint8Array)) {
      const message = "append() takes a string or a Uint8Array: pass JSON.stringify(value)";
      throw new DurableStreamError(message, "BAD_REQUEST", 400);
    }
    this.#open ??= new BatchBuffer(isJson(this.#contentType), this.#spare.pop());
    this.#open.append(body);
    if (this.#open.length >= this.#settings.maxBatchBytes) this.#seal();
    else this.#linger ??= setTimeout(() => this.#seal(), this.#settings.lingerMs);
  }

  /**
   * Sends what is waiting and waits until all of it was answered. Does not reject unless asked to: errors go to
   * `onError`.
   *
   * @param options.rejectOnError - reject with the first error since the last flush. Default false
   */
  async flush(options: { rejectOnError?: boolean | undefined } = {}): Promise<void> {
    this.#seal();
    if (this.#queue.size > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    const failed = this.#unflushed;
    this.#unflushed = undefined;
    if (options.rejectOnError && failed !== undefined) throw failed.error;
  }

  /** Ends the producer and leaves the stream open. Waits for what is waiting; errors go to `onError`. */
  async detach(): Promise<void> {
    if (this.#state === "open") this.#state = "detached";
    await this.flush();
  }

  /**
   * Waits for what is waiting, then closes the stream, with a final message if one is given. Once it has succeeded,
   * later calls return the same result. After a failure it may be called again: the same request is repeated, with
   * the message of the first call.
   *
   * @throws StreamClosedError when someone else closed the stream; StaleEpochError when fenced; FetchError; the error
   *   of an earlier batch: a stream with a hole is not closed. DurableStreamError `ALREADY_CLOSED` after `detach()`
   */
  close(finalMessage?: Uint8Array | string): Promise<CloseResult> {
    if (this.#state === "detached") return Promise.reject(alreadyClosed());
    this.#state = "closing";
    this.#final ??= { message: finalMessage };
    this.#closing ??= this.#close(this.#final.message).catch((error: unknown) => {
      this.#closing = undefined;
      throw error;
    });
    return this.#closing;
  }

  /**
   * Starts the next epoch, at sequence number 0: after a fence the one after the rival's. Clears a failure: appending
   * works again.
   */
  async restart(): Promise<void> {
    await this.flush();
    const error = this.#queue.failure?.error;
    const rival = error instanceof StaleEpochError ? error.currentEpoch : 0;
    this.#queue.restart(Math.max(this.#queue.epoch, rival) + 1);
  }

  get #contentType(): string {
    return this.#handle.contentType ?? DEFAULT_CONTENT_TYPE;
  }

  #seal(): void {
    clearTimeout(this.#linger);
    this.#linger = undefined;
    if (this.#open === undefined) return;
    const body = this.#open.seal();
    this.#open = undefined;
    if (this.#queue.add({ body })) this.#pump();
    else this.#report(this.#queue.failure?.error, 1);
  }

  #pump(): void {
    for (let flight = this.#queue.next(); flight !== undefined; flight = this.#queue.next())
      void this.#fly(flight);
    if (this.#queue.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  async #fly(flight: Flight): Promise<void> {
    const { epoch, seq, batch } = flight;
    if (!this.#firstSent.has(flight)) this.#firstSent.set(flight, Date.now());
    const { body } = batch;
    const outcome = await this.#post({ epoch, seq, body, closes: false, contentType: this.#contentType });
    const wait = this.#wait(outcome, flight.attempts + 1);
    const settled = this.#queue.settle(flight, this.#limit(outcome, flight, wait));
    if (outcome.type === "stored") {
      this.#advance(outcome.offset);
      if (this.#spare.length < SPARE_MAX) this.#spare.push(body.buffer);
    }
    if (settled.type === "failed") this.#report(settled.error, settled.dropped);
    if (settled.type === "wait") {
      void sleep(wait, this.#settings.signal).then(() => {
        this.#queue.wake(flight);
        this.#pump();
      });
    }
    this.#pump();
  }

  /** How long to wait before a request is repeated that failed so often, in ms. */
  #wait(outcome: Outcome, failures: number): number {
    const asked = outcome.type === "retry" ? outcome.retryAfterMs : 0;
    return Math.max(asked, Math.random() * backoffBound(this.#settings.backoff, failures));
  }

  /** A retry that the backoff options do not allow is a refusal. */
  #limit(outcome: Outcome, flight: Flight, wait: number): Outcome {
    if (outcome.type !== "retry") return outcome;
    const { maxRetries, deadline } = this.#settings.backoff;
    const age = Date.now() - (this.#firstSent.get(flight) ?? 0);
    const isAllowed = flight.attempts < maxRetries && age + wait <= deadline;
    return isAllowed ? outcome : { ...outcome, type: "refused" };
  }

  async #close(message: Content | undefined): Promise<CloseResult> {
    await this.flush();
    const contentType = this.#contentType;
    const body =
      message === undefined
        ? undefined
        : (asBytes(joinContents([message], contentType)) as Uint8Array<ArrayBuffer>);
    for (let failures = 0; ; ) {
      const { epoch, nextSeq: seq, failure } = this.#queue;
      if (failure !== undefined) throw failure.error;
      const outcome = await this.#post({ epoch, seq, body, closes: true, contentType });
      if (outcome.type === "stored") {
        this.#queue.advance();
        this.#advance(outcome.offset);
        return { finalOffset: outcome.offset };
      }
      if (outcome.type === "fenced" && this.#queue.claim(outcome.currentEpoch)) continue;
      if (outcome.type !== "retry" || failures++ >= this.#settings.backoff.maxRetries)
        throw closeError(outcome);
      await sleep(this.#wait(outcome, failures), this.#settings.signal);
    }
  }

  #advance(offset: Offset): void {
    if (offset !== "" && (this.#lastOffset === undefined || offset > this.#lastOffset))
      this.#lastOffset = offset;
  }

  #abort(): void {
    const error = new DurableStreamError("Producer aborted", "ALREADY_CLOSED");
    clearTimeout(this.#linger);
    this.#linger = undefined;
    const lost = this.#open === undefined ? 0 : 1;
    this.#open = undefined;
    const { dropped } = this.#queue.fail(error);
    this.#report(error, lost + dropped);
    this.#pump();
  }

  /** Tells `onError` of batches that will not be stored. */
  #report(error: unknown, batches: number): void {
    if (batches === 0) return;
    this.#unflushed ??= { error };
    const reported = error instanceof Error ? error : new Error(String(error));
    for (let batch = 0; batch < batches; batch++) this.#settings.onError?.(reported);
  }
}

function closeError(outcome: Exclude<Outcome, { type: "stored" }>): unknown {
  if (outcome.type === "fenced") return new StaleEpochError(outcome.currentEpoch);
  if (outcome.type === "gap") return new SequenceGapError(outcome.expected, outcome.received);
  return outcome.error;
}

function alreadyClosed(): DurableStreamError {
  return new DurableStreamError("The producer is closed: create a new one", "ALREADY_CLOSED");
}
