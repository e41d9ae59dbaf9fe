import { timeoutError } from "../http/attempt.ts";
import { unlessOver } from "../http/timer.ts";

/**
 * One step of the read loop, which can be cut short at any time: a wait, or a request and the body of its response,
 * also where `fetch` or the body do not heed their signal. A watchdog cuts it once nothing has arrived for the
 * silence limit; time in which nobody waits for the connection (the consumer is busy) does not count as silence.
 */
export class Connection {
  readonly #controller = new AbortController();
  /** How long nothing may arrive, in ms. */
  readonly limit: number;
  readonly #started = Date.now();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** Aborted when the connection is cut. */
  readonly signal = this.#controller.signal;
  /** The response, once there is one. */
  response: Response | undefined;
  /** Whether the watchdog cut it. */
  isSilent = false;
  /** Whether the body broke. */
  isLost = false;
  /** Whether nothing of a body has arrived, as yet. */
  isBarren = true;
  /** Whether something of the body was handed on that no connection before it brought. */
  hasNews = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Time since the start, in ms. */
  get age(): number {
    return Date.now() - this.#started;
  }

  /** Waits for something to arrive, under the watchdog. Rejects once the connection is cut. */
  watch<T>(arrival: T | Promise<T>): Promise<T> {
    const { limit, signal } = this;
    return unlessOver(limit, signal, arrival, () => {
      this.isSilent = !signal.aborted;
      this.cut();
      return timeoutError(limit);
    });
  }

  /** The body of the response, piece by piece, or whole where it is no stream. Throws when it breaks or is cut. */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    const { response } = this;
    try {
      if (response && isWhole(response)) yield new Uint8Array(await this.watch(response.arrayBuffer()));
      else this.#reader = response?.body?.getReader();
      while (this.#reader) {
        const { done, value } = await this.watch(this.#reader.read());
        if (done) return;
        this.isBarren = false;
        yield value;
      }
    } catch (error) {
      this.isLost = true;
      throw error;
    } finally {
      this.#close();
    }
  }

  /** Cuts the connection; what waits for it ends at once. */
  cut(): void {
    this.#controller.abort();
    this.#close();
  }

  /** Gives up what is left of the body. */
  #close(): void {
    (this.#reader ?? this.response?.body)?.cancel?.().catch(() => {
      // The body had already failed: there is nothing left to give up.
    });
  }
}

/** Whether a response has its body only as a whole, as React Native's have: there `body` is undefined. */
export function isWhole({ body }: Response): boolean {
  return body !== null && !body?.getReader;
}
