/** A web-standard request as the operations see it. */
import type { Config } from "../../../config.ts";
import { NO_BYTES, type StoredBytes } from "../../../stream/records.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import { originOf } from "../../message/origin.ts";
import type { HttpRequest } from "../../message/request.ts";
import type { RequestProblem } from "../../problems.ts";

export class FetchRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly #request: Request;
  readonly #url: URL;
  readonly #config: Config;
  readonly #budget: BodyBudget;
  #held = 0;

  constructor(request: Request, config: Config, budget: BodyBudget) {
    this.#request = request;
    this.#url = new URL(request.url);
    this.method = request.method;
    this.target = this.#url.pathname + this.#url.search;
    this.#config = config;
    this.#budget = budget;
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  origin(): string {
    if (
      this.header("Host") === undefined &&
      this.#config.publicUrl === undefined &&
      !this.#config.trustProxy
    ) {
      return this.#url.origin;
    }
    return originOf(this, this.#config, this.#url.protocol.slice(0, -1));
  }

  async body(): Promise<StoredBytes | RequestProblem> {
    const reader = this.#request.body?.getReader();
    if (reader === undefined) return NO_BYTES;
    let timer: NodeJS.Timeout | undefined;
    let stopListening: (() => void) | undefined;
    const interrupted = new Promise<RequestProblem>((resolve) => {
      timer = setTimeout(() => resolve({ kind: "request-timeout" }), this.#config.bodyTimeoutMs);
      stopListening = this.onDisconnect(() => resolve({ kind: "body-incomplete" }));
    });
    try {
      return await this.#receive(reader, interrupted);
    } catch {
      return { kind: "body-incomplete" };
    } finally {
      clearTimeout(timer);
      stopListening?.();
    }
  }

  async #receive(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    interrupted: Promise<RequestProblem>,
  ): Promise<StoredBytes | RequestProblem> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const read = await Promise.race([reader.read(), interrupted]);
      if ("kind" in read) {
        reader.cancel().catch(() => undefined);
        return read;
      }
      if (read.done) return { parts, byteLength: this.#held };
      const refusal = this.#budget.refusal(this.#held + read.value.length, read.value.length);
      if (refusal !== undefined) {
        void discard(reader, this.#config.bodyTimeoutMs);
        return refusal;
      }
      parts.push(read.value);
      this.#held += read.value.length;
      this.#budget.hold(read.value.length);
    }
  }

  /** The operation is done with the body. */
  release(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
  }

  onDisconnect(listener: () => void): () => void {
    const { signal } = this.#request;
    if (signal.aborted) queueMicrotask(listener);
    else signal.addEventListener("abort", listener, { once: true });
    return () => signal.removeEventListener("abort", listener);
  }
}

/** Reads the rest of a refused body: cancelled at once, many servers reset the connection under the answer. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array>, timeoutMs: number): Promise<void> {
  const tooLong = setTimeout(() => reader.cancel().catch(() => undefined), timeoutMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The client went away; nobody misses the rest.
  } finally {
    clearTimeout(tooLong);
  }
}
