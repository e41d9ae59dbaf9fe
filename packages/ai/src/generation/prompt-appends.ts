import type { IdempotentProducer } from "@perennial/client";

/**
 * How long a chunk that follows close behind others waits for more, in ms. A request for each token costs more than twice as much CPU
 * time, of the application and of the server (`npm run bench -w @perennial/ai-sdk`).
 */
export const LINGER_MS = 15;

/** Runs something once those that come in the same moment are through; sooner than a timer where the runtime can. */
const soon: (run: () => void) => void =
  (globalThis as { setImmediate?: (run: () => void) => void }).setImmediate ?? ((run) => setTimeout(run));

/** Appends for which somebody waits: what comes after a silence goes at once, what follows close behind goes together. */
export class PromptAppends {
  readonly #producer: IdempotentProducer;
  #lastAt = 0;

  /** @param producer - one that lingers for `LINGER_MS` */
  constructor(producer: IdempotentProducer) {
    this.#producer = producer;
  }

  /** When the last one was made, in ms since 1970. */
  get lastAt(): number {
    return this.#lastAt;
  }

  append(chunk: unknown): void {
    const now = Date.now();
    const isAfterSilence = now - this.#lastAt > LINGER_MS;
    this.#lastAt = now;
    this.#producer.append(chunk);
    // Not before those that come in the same moment.
    if (isAfterSilence) soon(() => void this.#producer.flush({ rejectOnError: false }));
  }
}
