/** Why a connection was cut from this side. */
export type CutReason = "hidden" | "silent" | "stopped";

/** The longest delay of a timer, in ms: longer ones end at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/**
 * One request and the body of its response, which can be cut at any time, also where `fetch` or the body do not heed
 * their signal. A watchdog cuts it once nothing has arrived for the silence limit; time in which nobody waits for
 * the connection (the consumer is busy) does not count as silence.
 */
export class Connection {
  readonly #controller = new AbortController();
  readonly #silenceLimit: number;
  readonly #started = Date.now();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** The response, once there is one. */
  response: Response | undefined;
  /** Why it was cut from this side, if it was. */
  cutReason: CutReason | undefined;
  /** Whether the body broke. */
  isLost = false;
  /** Whether nothing of a body has arrived. */
  isBarren = true;

  /** @param silenceLimit - in ms; longer than a timer can run: no watchdog */
  constructor(silenceLimit: number) {
    this.#silenceLimit = silenceLimit;
  }

  /** For the request. */
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
    if (this.cutReason) this.close();
    return response;
  }

  /** The body, piece by piece. Throws when it breaks or is cut. */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    while (this.#reader) {
      const { done, value } = await this.#watch(this.#reader.read()).catch((error: unknown) => {
        this.isLost = true;
        throw error;
      });
      if (this.cutReason) throw this.signal.reason;
      if (done) return;
      this.isBarren = false;
      yield value;
    }
  }

  /** Cuts the connection; what waits for it ends at once. The first reason stays. */
  cut(reason: CutReason): void {
    this.cutReason ??= reason;
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
    const limit = this.#silenceLimit;
    const timer = limit > TIMER_MAX_MS ? undefined : setTimeout(() => this.cut("silent"), limit);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }
}
