import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { HeldConnection } from "../../limits/idle-search.ts";

/** A connection of node:http, which does not tell since when one is idle. */
export class NodeConnection implements HeldConnection {
  readonly #socket: Socket;
  readonly #now: () => number;
  /** Requests that are not answered yet. */
  #open = 0;
  #idleSince: number;
  readonly #onAnswered = (): void => {
    this.#open -= 1;
    this.#idleSince = this.#now();
  };

  /** @param now monotonic milliseconds */
  constructor(socket: Socket, now: () => number) {
    this.#socket = socket;
    this.#now = now;
    this.#idleSince = now();
  }

  /** A request has come. */
  begins(response: ServerResponse): void {
    this.#open += 1;
    response.once("close", this.#onAnswered);
  }

  get idleSince(): number | undefined {
    return this.#open === 0 ? this.#idleSince : undefined;
  }

  closeIfIdleSince(then: number): void {
    if (this.#open === 0 && this.#idleSince <= then) this.#socket.destroySoon();
  }
}
