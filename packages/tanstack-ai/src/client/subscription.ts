import { batchesOf } from "@perennial/ai";
import { type JsonBatch, type StreamResponse, stream } from "@perennial/client";
import { APPROVAL_EVENT, MESSAGE_EVENT, valueOfEvent, vanishedRun } from "../format.ts";
import { messagesChunk, type SessionFold, snapshotChunks } from "../session/fold.ts";
import { LeaseWatch } from "../session/lease-watch.ts";
import { looseChunk, type TanStackChunk } from "../types.ts";
import type { Place } from "./place.ts";

/** Where a session is read. */
export interface SubscriptionSource {
  readonly url: string;
  readonly headers: () => Record<string, string>;
  readonly fetch: typeof fetch | undefined;
}

/** What a subscription begins with. */
export interface SubscriptionParts {
  readonly source: SubscriptionSource;
  readonly place: Place;
  readonly signal: AbortSignal | undefined;
  /** The session as far as it is known. */
  readonly fold: SessionFold;
  /** Whether that is all of it up to the place. */
  readonly isWhole: boolean;
  /** Whether the subscriber is to be told of that first. */
  readonly isBehind: boolean;
  /** Told whenever the subscriber has all that there is. */
  readonly onUpToDate: (() => void) | undefined;
}

type Batch = JsonBatch<TanStackChunk>;

/** What does not come back within a second or two is told, and tried again by the connection. */
const BACKOFF = { initialDelay: 100, multiplier: 2, maxDelay: 1_000, maxRetries: 4 };

/** One connection of a subscriber to a session, from where it stands to the end of the connection. */
export class Subscription {
  readonly #source: SubscriptionSource;
  readonly #place: Place;
  readonly #signal: AbortSignal | undefined;
  readonly #leases = new LeaseWatch();
  /** What is known of the session: all of it, or what came since the connection began in the middle. */
  readonly #fold: SessionFold;
  readonly #isWhole: boolean;
  /** Whether the subscriber has yet to be told of what was there before. */
  #isBehind: boolean;
  readonly #onUpToDate: (() => void) | undefined;

  constructor({ source, place, signal, fold, isWhole, isBehind, onUpToDate }: SubscriptionParts) {
    this.#source = source;
    this.#place = place;
    this.#signal = signal;
    this.#fold = fold;
    this.#isWhole = isWhole;
    this.#isBehind = isBehind;
    this.#onUpToDate = onUpToDate;
  }

  /** Whether the subscriber was not told of what was there before. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** @param onOpen - told once the session could be read */
  async *chunks(onOpen: () => void): AsyncGenerator<TanStackChunk> {
    const response = await this.#read("sse");
    onOpen();
    const batches = batchesOf(response);
    let next = batches.next();
    try {
      for (;;) {
        const arrived = await this.#orLate(next);
        if (arrived === undefined) {
          yield* await this.#vanished();
          continue;
        }
        if (arrived.done) return;
        yield* this.#give(arrived.value);
        next = batches.next();
      }
    } finally {
      // Not waited for: it may hang on a read that ends only now.
      response.cancel();
      next.catch(() => undefined);
    }
  }

  #read(live: "sse" | false): Promise<StreamResponse<TanStackChunk>> {
    const { url, headers, fetch } = this.#source;
    return stream<TanStackChunk>({
      ...{ url, headers: headers(), fetch, offset: this.#place.offset, signal: this.#signal },
      ...{ json: true, live, warnOnHttp: false, backoffOptions: BACKOFF },
    });
  }

  *#give(batch: Batch): Generator<TanStackChunk> {
    if (this.#isBehind) {
      for (const chunk of batch.items) this.#note(chunk);
      if (!batch.upToDate && !batch.streamClosed) return;
      this.#isBehind = false;
      this.#place.moveTo(batch.offset);
      yield* snapshotChunks(this.#fold);
      this.#onUpToDate?.();
      return;
    }
    for (const chunk of this.#place.take(batch)) {
      if (this.#signal?.aborted) return;
      if (!this.#note(chunk)) continue;
      if (this.#isWhole && isOurs(chunk)) yield messagesChunk(this.#fold.messages);
      else yield chunk;
    }
    if (batch.upToDate) this.#onUpToDate?.();
  }

  /** Takes note of a chunk. Returns whether it is for the subscriber, too. */
  #note(chunk: TanStackChunk): boolean {
    if (this.#leases.take(chunk, performance.now())) return false;
    if (!this.#fold.add(chunk)) return false;
    if (/^RUN_/.test(String(looseChunk(chunk).type))) this.#leases.keep(this.#fold.runs.ids);
    return true;
  }

  /** The next batch; undefined when a writer is late before it came. */
  async #orLate(next: Promise<IteratorResult<Batch>>): Promise<IteratorResult<Batch> | undefined> {
    const due = this.#leases.due(performance.now());
    if (due === undefined) return next;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), due);
    });
    return Promise.race([next, late]).finally(() => clearTimeout(timer));
  }

  /** Of writers that are late the ends of their runs, if the server has nothing new. Whoever cannot ask it knows nothing. */
  async #vanished(): Promise<readonly TanStackChunk[]> {
    const late = this.#leases.late(performance.now());
    this.#leases.renew(late, performance.now());
    try {
      const news = await (await this.#read(false)).json<TanStackChunk>();
      if (news.length > 0) return [];
    } catch {
      return [];
    }
    const ends = late.map(vanishedRun);
    for (const end of ends) this.#note(end);
    return ends;
  }
}

/** Whether a chunk says something that TanStack AI's own client does not understand by itself. */
function isOurs(chunk: TanStackChunk): boolean {
  return [MESSAGE_EVENT, APPROVAL_EVENT].some((name) => valueOfEvent(chunk, name) !== undefined);
}
