import { TIMER_MAX_MS } from "../http/sleep.ts";

/**
 * One step of the read loop, which can be cut short at any time: a wait, or a request and the body of its response,
 * also where `fetch` or the body do not heed their signal. A watchdog cuts it once nothing has arrived for the
 * silence limit; time in which nobody waits for the connection (the consumer is busy) does not count as silence.
 */
export class Connection {
  readonly #controller = new AbortController();
  readonly #silenceLimit: number;
  readonly #started = Date.now();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** The response, once there is one. */
  response: Response | undefined;
  /** Whether the watchdog cut it. */
  isSilent = false;
  /** Whether the body broke. */
  isLost = false;
  /** Whether nothing of a body has arrived. */
  isBarren = true;

  /** @param silenceLimit - in ms */
  constructor(silenceLimit: number) {
    this.#silenceLimit = Math.min(silenceLimit, TIMER_MAX_MS);
  }

  /** Aborted when the connection is cut. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Time since the start, in ms. */
  get age(): number {
    return Date.now() - this.#started;
  }

  /** Waits for one attempt of the request under the watchdog. Rejects once the connection is cut. */
  attempt(request: () => Promise<Response>): Promise<Response> {
    const { signal } = this;
    const whenCut = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    return this.#watch(Promise.race([request(), whenCut]));
  }

  /** Takes over a response and its body. */
  open(response: Response): Response {
    this.response = response;
    this.#reader = response.body?.getReader();
    if (this.signal.aborted) this.close();
    return response;
  }

  /** The body, piece by piece. Throws when it breaks or is cut. */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    while (this.#reader) {
      const { done, value } = await this.#watch(this.#reader.read()).catch((error: unknown) => {
        this.isLost = true;
        throw error;
      });
      this.signal.throwIfAborted();
      if (done) return;
      this.isBarren = false;
      yield value;
    }
  }

  /** Cuts the connection; what waits for it ends at once. */
  cut(): void {
    this.#controller.abort();
    this.close();
  }

  /** Gives up what is left of the body. */
  close(): void {
    this.#reader?.cancel().catch(() => {
      // The body had already failed: there is nothing left to give up.
    });
  }

  async #watch<T>(work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.isSilent = true;
      this.cut();
    }, this.#silenceLimit);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }
}
