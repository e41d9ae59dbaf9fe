/** A web-standard request as the operations see it. */

import { HTTP_HEADER, ok } from "@perennial/protocol";
import type { Config } from "../../../config.ts";
import type { Soon } from "../../../journal/contract/index.ts";
import { NO_BYTES, type StoredBytes } from "../../../stream/records.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import { BodyReceiver } from "../../message/body-receiver.ts";
import { originOf } from "../../message/origin.ts";
import type { HttpRequest } from "../../message/request.ts";
import { isRefusal, type Parsed } from "../../problems.ts";

export class FetchRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly #request: Request;
  readonly #url: URL;
  readonly #config: Config;
  readonly #budget: BodyBudget;
  #receiver: BodyReceiver | undefined;

  constructor(request: Request, config: Config, budget: BodyBudget) {
    this.#request = request;
    this.#url = new URL(request.url);
    this.method = request.method;
    this.target = this.#url.pathname + this.#url.search;
    this.#config = config;
    this.#budget = budget;
  }

  /** Aborted when the client goes away. */
  get signal(): AbortSignal {
    return this.#request.signal;
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  origin(): string {
    if (
      this.header(HTTP_HEADER.host) === undefined &&
      this.#config.publicUrl === undefined &&
      !this.#config.trustProxy
    ) {
      return this.#url.origin;
    }
    return originOf(this, this.#config, this.#url.protocol.slice(0, -1));
  }

  body(): Soon<Parsed<StoredBytes>> {
    const reader = this.#request.body?.getReader();
    if (reader === undefined) return ok(NO_BYTES);
    const timeoutMs = this.#config.bodyTimeoutMs;
    return new Promise((resolve) => {
      let cancelling: NodeJS.Timeout | undefined;
      const settings = { announced: undefined, budget: this.#budget, timeoutMs };
      const receiver = new BodyReceiver(settings, (outcome) => {
        stopListening();
        if (outcome.kind === "rejected")
          cancelling = setTimeout(cancel, isRefusal(outcome.rejection) ? timeoutMs : 0, reader);
        resolve(outcome);
      });
      this.#receiver = receiver;
      const stopListening = this.onDisconnect(() => receiver.giveUp({ kind: "body-incomplete" }));
      void readInto(receiver, reader).finally(() => clearTimeout(cancelling));
    });
  }

  /** The operation is done with the body. */
  release(): void {
    this.#receiver?.release();
  }

  onDisconnect(listener: () => void): () => void {
    const { signal } = this.#request;
    if (signal.aborted) queueMicrotask(listener);
    else signal.addEventListener("abort", listener, { once: true });
    return () => signal.removeEventListener("abort", listener);
  }
}

/** Pieces between two turns of the event loop: a body that is there already would be read in one. */
const PIECES_PER_TURN = 1000;

/**
 * Reads a body to its end. The rest of a refused one, too: cancelled at once, many servers reset the connection under
 * the answer.
 */
async function readInto(
  receiver: BodyReceiver,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<void> {
  try {
    for (let pieces = 1; ; pieces++) {
      const { done, value } = await reader.read();
      if (done) break;
      const room = receiver.add(value);
      if (room !== undefined) await room;
      if (pieces % PIECES_PER_TURN === 0) await new Promise(setImmediate);
    }
    receiver.end();
  } catch {
    receiver.giveUp({ kind: "body-incomplete" });
    cancel(reader);
  }
}

/** Says that the rest of the body is not wanted. Fails if the body is broken already, which changes nothing. */
function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => undefined);
}
