import { DEFAULT_CONTENT_TYPE, isJson } from "@perennial/protocol";
import { DurableStreamError } from "../errors/durable-stream-error.ts";
import { StaleEpochError } from "../errors/producer-errors.ts";
import { asContent } from "../handle/content.ts";
import { requestsOf, type Target } from "../handle/registry.ts";
import { backoffBound } from "../http/backoff.ts";
import { onAbort } from "../http/signals.ts";
import { sleep } from "../http/timer.ts";
import type { CloseResult, IdempotentProducerOptions, Offset } from "../options.ts";
import { BatchBuffer } from "./batch-buffer.ts";
import { finalBatch, stopped } from "./endings.ts";
import type { Batch, Flight, Outcome } from "./flight.ts";
import { type Life, type LifeEvent, nextLife } from "./lifecycle.ts";
import { type ProducerPost, producerPost } from "./post.ts";
import { ProducerQueue } from "./queue.ts";
import { type ProducerSettings, producerSettings } from "./settings.ts";

/** For flushes whose failures are told otherwise. */
const QUIET = { rejectOnError: false };
/** Batches whose memory is kept for reuse. */
const SPARE_MAX = 2;

/**
 * Writes to a stream so that every message is stored exactly once and in order, whatever the network does. Messages
 * are gathered into batches; each batch has a sequence number under which it is repeated until the server has it.
 *
 * **One id, several producers.** With `autoClaim` each producer writes under an epoch of its own, above all before it.
 * So a process that is started again under its old id stores all it appends, and a producer of that id that still
 * runs is fenced, and takes over in turn, a few times at most. Without `autoClaim` an id that the stream knows already
 * is refused (`StaleEpochError`), and `restart()` takes over.
 *
 * **Failures.** A batch that cannot be stored stops the producer: `onError` is told of it and of every batch behind it,
 * and nothing more is sent until `restart()`. If another producer takes over just when the answer to a batch is lost,
 * nobody can know whether that batch is stored: it is not sent again, and its `StaleEpochError` says `maybeStored`.
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
  readonly #handle: Target;
  readonly #settings: ProducerSettings;
  readonly #queue: ProducerQueue;
  readonly #post: ProducerPost;
  #open: BatchBuffer | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  /** Memory of batches that are stored, for the next ones: a busy producer then allocates none. */
  readonly #spare: ArrayBuffer[] = [];
  #life: Life = "open";
  #lastOffset: Offset | undefined;
  /** When each flight was sent first, in ms since 1970. */
  readonly #firstSent = new WeakMap<Flight, number>();
  /** The first error since the last flush. */
  #unflushed: { readonly error: unknown } | undefined;
  #idleWaiters: (() => void)[] = [];
  /** The closing request, and where its fate is reported. */
  #final: Batch | undefined;
  #finalSettled: ((outcome: Outcome) => void) | undefined;
  #closing: Promise<CloseResult> | undefined;

  constructor(stream: Target, producerId: string, opts: IdempotentProducerOptions = {}) {
    const requests = requestsOf(stream);
    this.#handle = stream;
    this.#settings = producerSettings(opts, requests);
    this.#queue = new ProducerQueue(this.#settings);
    this.#post = producerPost(requests, producerId, this.#settings);
    onAbort(this.#settings.signal, () => this.#abort());
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
   * Adds a message: bytes or text; on a JSON stream JSON text, or any other value, which is written as JSON. Returns at
   * once; bytes are copied. Nothing limits how much may wait: await `flush()`, or pipe into
   * `DurableStream.writable()`, to be held back.
   *
   * @throws DurableStreamError `ALREADY_CLOSED` after `close()` or `detach()`; `BAD_REQUEST` for a value that is
   *   neither bytes nor text when the stream is not JSON, or the handle does not know its content type
   */
  append(body: unknown): void {
    this.#on("append");
    const content = asContent(body, this.#contentType);
    this.#open ??= new BatchBuffer(isJson(this.#contentType), this.#spare.pop());
    this.#open.append(content);
    if (this.#open.length >= this.#settings.maxBatchBytes) this.#seal();
    else this.#linger ??= setTimeout(() => this.#seal(), this.#settings.lingerMs);
  }

  /**
   * Sends what is waiting and waits until all of it was answered, or is given up: `backoffOptions.deadline` (a minute,
   * where nobody gave another) bounds how long a batch is tried. Errors go to `onError`.
   *
   * @param options.rejectOnError - reject with the first error since the last flush, or with what stopped the
   *   producer: FetchError, StreamClosedError, StaleEpochError, SequenceGapError, or the error of `fetch`. After that
   *   `restart()` goes on. Default: when there is no `onError`, so that somebody hears of it
   */
  async flush(options: { rejectOnError?: boolean | undefined } = {}): Promise<void> {
    this.#seal();
    if (this.#queue.size > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    const failed = this.#unflushed ?? this.#queue.failure;
    this.#unflushed = undefined;
    const { rejectOnError = this.#settings.onError === undefined } = options;
    if (rejectOnError && failed !== undefined) throw failed.error;
  }

  /**
   * Ends the producer and leaves the stream open. Waits for what is waiting, as `flush()`. Never rejects: errors go to
   * `onError`.
   */
  async detach(): Promise<void> {
    this.#on("detach");
    await this.flush(QUIET);
  }

  /**
   * Waits for what is waiting, then closes the stream, with a final message if one is given. Once it has succeeded,
   * later calls return the same result. After a failure it may be called again: the same request is repeated, with
   * the message of the first call. `backoffOptions.deadline` bounds the closing request as it bounds each batch.
   *
   * @throws StreamClosedError when someone else closed the stream; StaleEpochError when fenced; FetchError, or the
   *   error of `fetch` when the deadline is over; the error of an earlier batch: a stream with a hole is not closed.
   *   DurableStreamError `ALREADY_CLOSED` after `detach()`
   */
  close(finalMessage?: unknown): Promise<CloseResult> {
    this.#closing ??= this.#close(finalMessage).catch((error: unknown) => {
      this.#closing = undefined;
      throw error;
    });
    return this.#closing;
  }

  /**
   * Starts the next epoch, at sequence number 0: after a fence one above the rival's. Clears a failure: appending
   * works again. Waits for what is waiting, as `flush()`. Never rejects.
   */
  async restart(): Promise<void> {
    await this.flush(QUIET);
    const error = this.#queue.failure?.error;
    this.#queue.restart(error instanceof StaleEpochError ? error.currentEpoch : 0);
    if (this.#final) this.#final = { ...this.#final, maybeStored: false };
  }

  #on(event: LifeEvent): void {
    const next = nextLife(this.#life, event);
    if (next === undefined) throw new DurableStreamError("The producer is closed", "ALREADY_CLOSED");
    this.#life = next;
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

  /** @param last - what its last attempt came to, where there is no time for another */
  async #fly(flight: Flight, last?: Outcome): Promise<void> {
    const { batch } = flight;
    if (!this.#firstSent.has(flight)) this.#firstSent.set(flight, Date.now());
    const left = () => this.#settings.backoff.deadline - this.#age(flight);
    const outcome = last ?? (await this.#post(flight, this.#contentType, Math.max(0, left())));
    const wait = this.#wait(outcome, flight.attempts + 1);
    const limited = this.#limit(outcome, flight, wait);
    const settled = this.#queue.settle(flight, limited);
    if (settled.type === "stored" && outcome.type === "stored") this.#onStored(flight, outcome.offset);
    const { maybeStored } = flight;
    const isLost = outcome.type === "retry" && !outcome.refused;
    if (settled.type === "failed" && batch.closes)
      this.#onCloseFailed({ ...batch, maybeStored: maybeStored || isLost }, settled.error);
    else if (settled.type === "failed") this.#report(stopped(settled.error), settled.dropped);
    if (settled.type === "wait") {
      void sleep(wait, this.#settings.signal).then(() => {
        // The wait may have taken longer than it should: a laptop slept.
        if (left() < 0) return void this.#fly(flight, outcome);
        this.#queue.wake(flight);
        return this.#pump();
      });
    }
    this.#pump();
  }

  #onStored({ batch, attempts }: Flight, offset: Offset): void {
    if (offset !== "" && (this.#lastOffset === undefined || offset > this.#lastOffset))
      this.#lastOffset = offset;
    if (batch.closes) this.#finalSettled?.({ type: "stored", offset, duplicate: false });
    // An attempt that was given up may still be on its way, and read its memory.
    else if (attempts === 0 && batch.body && this.#spare.length < SPARE_MAX)
      this.#spare.push(batch.body.buffer);
  }

  /** @param final - what another `close()` sends, under the same number */
  #onCloseFailed(final: Batch, error: unknown): void {
    if (!this.#settings.signal?.aborted) this.#queue.withdraw();
    this.#final = final;
    this.#finalSettled?.({ type: "refused", error });
  }

  /** Time since a flight was sent first, in ms. */
  #age(flight: Flight): number {
    return Date.now() - (this.#firstSent.get(flight) ?? 0);
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
    const isAllowed = flight.attempts < maxRetries && this.#age(flight) + wait <= deadline;
    return isAllowed ? outcome : { ...outcome, type: "refused" };
  }

  async #close(message: unknown): Promise<CloseResult> {
    this.#on("close");
    this.#final ??= finalBatch(message, this.#contentType);
    await this.flush(QUIET);
    const { failure } = this.#queue;
    if (failure !== undefined) throw failure.error;
    const settled = new Promise<Outcome>((resolve) => {
      this.#finalSettled = resolve;
    });
    this.#queue.add(this.#final);
    this.#pump();
    const outcome = await settled;
    if (outcome.type !== "stored") throw (outcome as { error: unknown }).error;
    this.#on("closed");
    return { finalOffset: outcome.offset };
  }

  #abort(): void {
    const error = new DurableStreamError("Producer aborted", "ALREADY_CLOSED");
    clearTimeout(this.#linger);
    this.#linger = undefined;
    const lost = this.#open === undefined ? 0 : 1;
    this.#open = undefined;
    const { dropped } = this.#queue.fail(error);
    this.#report(error, lost + dropped);
    this.#finalSettled?.({ type: "refused", error });
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
