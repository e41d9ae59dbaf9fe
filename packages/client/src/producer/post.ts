import { HEADER } from "@perennial/protocol";
import type { HandleRequests } from "../handle/requests.ts";
import { mergeHeaders, resolveRecord } from "../http/records.ts";
import type { HeadersRecord } from "../options.ts";
import { outcomeOf, type PostOutcome } from "./outcome.ts";

/** A producer's request: a batch, or the closing one. */
export interface ProducerRequest {
  readonly epoch: number;
  readonly seq: number;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  readonly closes: boolean;
  readonly contentType: string;
}

/** Sends requests under one producer id: the handle's headers and parameters, then the producer's, then the protocol's. */
export class ProducerPost {
  readonly #requests: HandleRequests;
  readonly #producerId: string;
  readonly #fetch: typeof fetch;
  readonly #headers: HeadersRecord | undefined;
  readonly #signal: AbortSignal | undefined;

  constructor(
    requests: HandleRequests,
    producerId: string,
    options: {
      readonly fetch?: typeof fetch | undefined;
      readonly headers?: HeadersRecord | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ) {
    this.#requests = requests;
    this.#producerId = producerId;
    this.#fetch = options.fetch ?? requests.fetch;
    this.#headers = options.headers;
    this.#signal = options.signal;
  }

  /** Sends a request once. A network failure is a retry; so is a body of a response that breaks off. */
  async send(request: ProducerRequest): Promise<PostOutcome> {
    let init: RequestInit;
    let url: string;
    try {
      init = { method: "POST", headers: await this.#resolveHeaders(request) };
      url = await this.#requests.url();
    } catch (error) {
      return { outcome: { type: "refused", error }, retryAfterMs: 0 };
    }
    if (request.body !== undefined) init.body = request.body;
    if (this.#signal !== undefined) init.signal = this.#signal;
    try {
      return await outcomeOf(await this.#fetch(url, init), url, request.seq);
    } catch (error) {
      const type = this.#signal?.aborted ? "refused" : "retry";
      return { outcome: { type, error }, retryAfterMs: 0 };
    }
  }

  async #resolveHeaders(request: ProducerRequest): Promise<Record<string, string>> {
    const protocol: Record<string, string> = {
      "content-type": request.contentType,
      [HEADER.producerId]: this.#producerId,
      [HEADER.producerEpoch]: String(request.epoch),
      [HEADER.producerSeq]: String(request.seq),
    };
    if (request.closes) protocol[HEADER.streamClosed] = "true";
    return mergeHeaders(await this.#requests.headers(), await resolveRecord(this.#headers), protocol);
  }
}
