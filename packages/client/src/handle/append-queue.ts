import { FetchBackoffAbortError } from "../errors/abort-error.ts";
import { onAbort } from "../http/signals.ts";
import type { AppendResult } from "../options.ts";
import type { Content } from "./content.ts";

/** An append on its way. */
export interface QueuedAppend {
  readonly content: Content;
  readonly contentType: string | undefined;
  readonly seq: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Sends appends as one request. */
export type SendAppends = (
  appends: readonly QueuedAppend[],
  signal: AbortSignal | undefined,
) => Promise<AppendResult>;

/** Decides whether a refused request stored nothing and its appends may be tried one by one. */
export type IsRefusal = (error: unknown) => boolean;

/** Content that is sent together at most, in bytes or UTF-16 code units. A larger append goes alone. */
const BATCH_LENGTH_MAX = 4 * 1024 * 1024;

interface Entry extends QueuedAppend {
  settled: boolean;
  /** Told when the append is aborted while it is being sent. */
  whenAborted: (() => void) | undefined;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends appends in order, one request at a time: the first at once, and those that come while it is on its way together.
 * An append that is aborted or refused fails alone: its neighbours are sent without it.
 */
export class AppendQueue {
  readonly #send: SendAppends;
  readonly #isRefusal: IsRefusal;
  #waiting: Entry[] = [];
  #busy = false;

  constructor(send: SendAppends, isRefusal: IsRefusal) {
    this.#send = send;
    this.#isRefusal = isRefusal;
  }

  /** Queues an append; settles when it is stored or has failed. */
  add(append: QueuedAppend): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      if (append.signal?.aborted) {
        reject(new FetchBackoffAbortError());
        return;
      }
      this.#waiting.push(createEntry(append, resolve, reject));
      if (!this.#busy) this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) await this.#sendBatch(batch);
    this.#busy = false;
  }

  /** The appends to send next: as many as share a content type and fit. */
  #take(): Entry[] {
    const waiting = this.#waiting.filter((entry) => !entry.settled);
    let length = 0;
    let count = 0;
    for (const entry of waiting) {
      length += entry.content.length;
      if (count > 0 && (length > BATCH_LENGTH_MAX || entry.contentType !== waiting[0]?.contentType)) break;
      count++;
    }
    this.#waiting = waiting.slice(count);
    return waiting.slice(0, count);
  }

  async #sendBatch(batch: readonly Entry[]): Promise<void> {
    // The request is given up once nobody waits for any append of the batch: never, if one of them has no signal.
    const controller = batch.every((entry) => entry.signal) ? new AbortController() : undefined;
    for (const entry of batch) {
      entry.whenAborted = () => {
        if (batch.every((other) => other.settled)) controller?.abort();
      };
    }
    try {
      const result = await this.#send(batch, controller?.signal);
      for (const entry of batch) entry.resolve(result);
    } catch (error) {
      if (batch.length > 1 && this.#isRefusal(error)) await this.#sendOneByOne(batch);
      else for (const entry of batch) entry.reject(error);
    }
  }

  async #sendOneByOne(batch: readonly Entry[]): Promise<void> {
    for (const entry of batch) if (!entry.settled) await this.#sendBatch([entry]);
  }
}

function createEntry(append: QueuedAppend, resolve: Entry["resolve"], reject: Entry["reject"]): Entry {
  const settle =
    <T>(report: (value: T) => void) =>
    (value: T) => {
      letGo();
      entry.settled = true;
      report(value);
    };
  const entry: Entry = {
    ...append,
    settled: false,
    whenAborted: undefined,
    resolve: settle(resolve),
    reject: settle(reject),
  };
  const letGo = onAbort(append.signal, () => {
    entry.reject(new FetchBackoffAbortError());
    entry.whenAborted?.();
  });
  return entry;
}
