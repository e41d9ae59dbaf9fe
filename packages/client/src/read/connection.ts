/** Why a connection was cut from this side. */
export type CutReason = "hidden" | "silent" | "stopped";

/** What a read of a connection's body gave. */
export type ReadOutcome =
  | { readonly type: "chunk"; readonly bytes: Uint8Array }
  | { readonly type: "end" | "cut" }
  | { readonly type: "lost"; readonly error: unknown };

/** How often the watchdog looks within the silence limit. */
const CHECKS_PER_LIMIT = 4;

/**
 * One request and the body of its response, which can be cut at any time, also where `fetch` or the body do not heed
 * their signal. A watchdog cuts it once nothing has arrived for the silence limit; time in which nobody waits for
 * the connection (the consumer is busy) does not count as silence.
 */
export class Connection {
  readonly #controller = new AbortController();
  readonly #started = Date.now();
  #cut: CutReason | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #waitingSince: number | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #bytes = 0;

  /** @param silenceLimit - in ms; not finite: no watchdog */
  constructor(silenceLimit: number) {
    if (!Number.isFinite(silenceLimit)) return;
    const check = () => {
      if (this.#waitingSince !== undefined && Date.now() - this.#waitingSince >= silenceLimit)
        this.cut("silent");
    };
    this.#timer = setInterval(check, silenceLimit / CHECKS_PER_LIMIT);
  }

  /** For the request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it was cut from this side, if it was. */
  get cutReason(): CutReason | undefined {
    return this.#cut;
  }

  /** Time since the start, in ms. */
  get age(): number {
    return Date.now() - this.#started;
  }

  /** Whether nothing of a body has arrived. */
  get barren(): boolean {
    return this.#bytes === 0;
  }

  /** Waits for one attempt of the request under the watchdog. Rejects once the connection is cut. */
  async attempt(request: () => Promise<Response>): Promise<Response> {
    this.#waitingSince = Date.now();
    try {
      return await Promise.race([request(), this.#aborted()]);
    } finally {
      this.#waitingSince = undefined;
    }
  }

  /** Takes over a response's body. */
  open(response: Response): void {
    this.#reader = response.body?.getReader();
    if (this.#cut !== undefined) this.#cancelBody();
  }

  /** The next piece of the body. */
  async read(): Promise<ReadOutcome> {
    let outcome: ReadOutcome = { type: "end" };
    this.#waitingSince = Date.now();
    try {
      const result = await this.#reader?.read();
      if (result?.value) {
        this.#bytes += result.value.length;
        outcome = { type: "chunk", bytes: result.value };
      }
    } catch (error) {
      outcome = { type: "lost", error };
    }
    this.#waitingSince = undefined;
    return this.#cut === undefined ? outcome : { type: "cut" };
  }

  /** Cuts the connection; a pending `attempt` or `read` ends at once. The first reason stays. */
  cut(reason: CutReason): void {
    if (this.#cut !== undefined) return;
    this.#cut = reason;
    this.#controller.abort();
    this.#cancelBody();
  }

  /** Stops the watchdog, and gives up what is left of the body. */
  close(): void {
    clearInterval(this.#timer);
    this.#cancelBody();
  }

  #cancelBody(): void {
    this.#reader?.cancel().catch(() => {
      // The body had already failed: there is nothing left to give up.
    });
  }

  #aborted(): Promise<never> {
    return new Promise((_, reject) => {
      const abort = () => reject(new DOMException("The connection was cut", "AbortError"));
      if (this.signal.aborted) abort();
      else this.signal.addEventListener("abort", abort, { once: true });
    });
  }
}
