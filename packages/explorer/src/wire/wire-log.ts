/** The requests of a stream's view as they went over the wire, the newest ones, each with the beginning and the end of its answer. */

/** Requests kept, and bytes of an answer kept of its beginning and of its end. */
const EXCHANGES = 40;
const HEAD_BYTES = 16 * 1024;
const TAIL_BYTES = 16 * 1024;

/** `asking`: no answer yet; `open`: it is being read; `left`: by this page. */
export type ExchangeStatus = "asking" | "open" | "done" | "left" | "lost";

/** One request, and what came of it. */
export interface Exchange {
  readonly number: number;
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: readonly (readonly [string, string])[];
  /** When it was made, ms since 1970. */
  readonly askedAt: number;
  readonly status: ExchangeStatus;
  /** The answer's status line and headers; undefined until there is one. */
  readonly answer:
    | {
        readonly code: number;
        readonly text: string;
        readonly headers: readonly (readonly [string, string])[];
      }
    | undefined;
  /** Bytes of the answer's body so far. */
  readonly bodyBytes: number;
  /** The beginning of the body, and its end as far as it lies behind that. */
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

export class WireLog {
  #exchanges: readonly Exchange[] = [];
  #count = 0;
  #isScheduled = false;
  readonly #schedule: (callback: () => void) => void;
  readonly #listeners = new Set<() => void>();

  /** @param schedule calls back before the page is drawn the next time: pieces come more often than that */
  constructor(schedule: (callback: () => void) => void) {
    this.#schedule = schedule;
  }

  readonly snapshot = (): readonly Exchange[] => this.#exchanges;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Notes a request. Returns its number. */
  begin(exchange: Pick<Exchange, "method" | "url" | "requestHeaders" | "askedAt">): number {
    const number = ++this.#count;
    const none = new Uint8Array(0);
    const begun = { ...exchange, number, status: "asking" as const, answer: undefined, bodyBytes: 0 };
    this.#set([...this.#exchanges, { ...begun, head: none, tail: none }].slice(-EXCHANGES));
    return number;
  }

  change(number: number, change: Partial<Exchange>): void {
    if (!this.#exchanges.some((exchange) => exchange.number === number)) return;
    this.#set(
      this.#exchanges.map((exchange) => (exchange.number === number ? { ...exchange, ...change } : exchange)),
    );
  }

  /** Notes the next bytes of an answer. */
  take(number: number, bytes: Uint8Array): void {
    const exchange = this.#exchanges.find((other) => other.number === number);
    if (exchange === undefined) return;
    const room = HEAD_BYTES - exchange.head.length;
    const head = room > 0 ? joined(exchange.head, bytes.subarray(0, room)) : exchange.head;
    const later = bytes.subarray(Math.max(0, room));
    const tail =
      later.length > 0
        ? joined(exchange.tail, later.subarray(-TAIL_BYTES)).slice(-TAIL_BYTES)
        : exchange.tail;
    this.change(number, { head, tail, bodyBytes: exchange.bodyBytes + bytes.length });
  }

  #set(exchanges: readonly Exchange[]): void {
    this.#exchanges = exchanges;
    if (this.#isScheduled || this.#listeners.size === 0) return;
    this.#isScheduled = true;
    this.#schedule(() => {
      this.#isScheduled = false;
      for (const listener of this.#listeners) listener();
    });
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
