import { Connection } from "./connection.ts";
import type { Address } from "./exchange.ts";

/** The answer to one request of a session. */
export interface Reply {
  readonly status: number;
  /** Status line and headers, names as sent. */
  readonly head: string;
  readonly bodyBytes: number;
}

/**
 * One connection as a chain of promises, for loads whose next request depends on the last answer. Takes a
 * microsecond or two more per request than the closed loop. A lost connection is opened again by the next request.
 */
export class Session {
  readonly #address: Address;
  readonly #body: ((bytes: Buffer) => void) | undefined;
  #connection: Connection | undefined;
  #settle: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;
  #head = "";
  #bodyBytes = 0;

  /** `body` sees the bytes of every body; they are gone after the call. */
  constructor(address: Address, body?: (bytes: Buffer) => void) {
    this.#address = address;
    this.#body = body;
  }

  /** Sends one request; the next may be sent when this one is answered. Rejects if the connection is lost. */
  send(request: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#bodyBytes = 0;
      this.#connection ??= this.#open();
      this.#connection.send(request);
    });
  }

  /** Closes the connection; a request on its way is rejected. */
  end(): void {
    this.#connection?.end();
    this.#connection = undefined;
    this.#settle?.reject(new Error("the session was ended"));
    this.#settle = undefined;
  }

  #open(): Connection {
    return new Connection(this.#address, {
      head: (text) => {
        this.#head = text;
      },
      body: (bytes) => {
        this.#bodyBytes += bytes.length;
        this.#body?.(bytes);
      },
      complete: (status) => {
        const settle = this.#settle;
        this.#settle = undefined;
        settle?.resolve({ status, head: this.#head, bodyBytes: this.#bodyBytes });
      },
      closed: () => {
        this.#connection = undefined;
        this.#settle?.reject(new Error("the connection was lost"));
        this.#settle = undefined;
      },
    });
  }
}

/** The value of a header in the head of a response; undefined if it is not there. */
export function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)$`, "im").exec(head)?.[1]?.trim();
}
