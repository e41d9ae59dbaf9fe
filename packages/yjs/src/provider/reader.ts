/** Reads a document from where it was left off: once to the tail, and then whatever comes. */
import { FetchError, stream } from "@perennial/client";
import { asProviderError, YjsProviderError } from "./errors.ts";
import { type Position, readable } from "./open-document.ts";
import type { Requests } from "./requests.ts";

export interface ReaderOptions {
  readonly requests: Requests;
  readonly liveMode: "sse" | "long-poll";
  readonly maxBackoffMs: number;
  /** Takes updates; `atTail` when there are no more for now. */
  readonly onUpdates: (updates: readonly Uint8Array[], position: Position, atTail: boolean) => void;
  /** The server could not be reached. It is tried again, with the last offset. */
  readonly onLost: (error: YjsProviderError) => void;
  readonly onDamaged: (error: Error) => void;
}

/**
 * Follows a document until the signal is aborted.
 *
 * @throws YjsProviderError that no repetition mends, and any while nothing has been read yet
 */
export async function follow(start: Position, options: ReaderOptions, signal: AbortSignal): Promise<void> {
  const { requests, liveMode, maxBackoffMs, onUpdates, onDamaged } = options;
  const { decoder } = start;
  const watched = new Watched(options, signal);
  try {
    const response = await stream({
      ...{ url: requests.url, headers: requests.headers, params: requests.params },
      ...{ offset: start.offset, live: liveMode, signal: watched.over, fetch: watched.fetch },
      // A document goes on in a tab that nobody looks at.
      ...{ visibility: false, warnOnHttp: false },
      backoffOptions: { initialDelay: 100, maxDelay: maxBackoffMs, maxRetries: Infinity, deadline: Infinity },
    });
    response.subscribeBytes(({ data, offset, upToDate }) => {
      const updates = readable(decoder, data, onDamaged);
      if (upToDate) watched.hasArrived = true;
      onUpdates(updates, { offset, decoder }, upToDate);
    });
    await response.closed;
    if (response.streamClosed && !signal.aborted)
      throw new YjsProviderError("DOCUMENT_CLOSED", "the document was closed: it takes no more changes");
  } catch (error) {
    if (signal.aborted) return;
    throw watched.error ?? asProviderError(error);
  } finally {
    watched.end();
  }
  if (watched.error !== undefined && !signal.aborted) throw watched.error;
}

/** `fetch`, and what becomes of it. Before the tail was reached once, a failure ends the session. */
class Watched {
  readonly #options: ReaderOptions;
  readonly #ending = new AbortController();
  hasArrived = false;
  error: YjsProviderError | undefined;

  constructor(options: ReaderOptions, signal: AbortSignal) {
    this.#options = options;
    signal.addEventListener("abort", () => this.#ending.abort(), { once: true, signal: this.over });
    if (signal.aborted) this.#ending.abort();
  }

  /** Aborted when the session is to end, for whatever reason. */
  get over(): AbortSignal {
    return this.#ending.signal;
  }

  /** It has ended: nobody listens to the owner's signal any more. */
  end(): void {
    this.#ending.abort();
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    try {
      const response = await this.#options.requests.fetch(input, init);
      if (response.status >= 500 || response.status === 429)
        this.#onFailure(asProviderError(await FetchError.fromResponse(response.clone(), String(input))));
      return response;
    } catch (error) {
      if (!init?.signal?.aborted) this.#onFailure(asProviderError(error));
      throw error;
    }
  };

  #onFailure(error: YjsProviderError): void {
    if (this.hasArrived) {
      this.#options.onLost(error);
      return;
    }
    this.error = error;
    this.#ending.abort(error);
  }
}
