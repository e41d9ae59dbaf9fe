import { PRODUCER_EPOCH, PRODUCER_ID, PRODUCER_SEQ, STREAM_CLOSED } from "@perennial/protocol";
import type { HandleRequests } from "../handle/requests.ts";
import { headersOf, mergeHeaders, resolveRecord } from "../http/records.ts";
import type { IdempotentProducerOptions } from "../options.ts";
import { outcomeOf } from "./outcome.ts";
import type { Outcome } from "./queue.ts";

/** A producer's request: a batch, or the closing one. */
export interface ProducerRequest {
  readonly epoch: number;
  readonly seq: number;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  readonly closes: boolean;
  readonly contentType: string;
}

/** Sends a request once. */
export type ProducerPost = (request: ProducerRequest) => Promise<Outcome>;

/**
 * Sends requests under one producer id: the handle's headers and parameters, then the producer's, then the protocol's.
 * A network failure is a retry; so is a body of a response that breaks off.
 */
export function producerPost(
  requests: HandleRequests,
  producerId: string,
  options: Pick<IdempotentProducerOptions, "fetch" | "headers" | "signal">,
): ProducerPost {
  const fetchOnce = options.fetch ?? requests.fetch;
  const { signal } = options;
  const prepare = async ({ epoch, seq, body, closes, contentType }: ProducerRequest) => {
    const protocol = headersOf({
      "content-type": contentType,
      [PRODUCER_ID]: producerId,
      [PRODUCER_EPOCH]: epoch,
      [PRODUCER_SEQ]: seq,
      [STREAM_CLOSED]: closes || undefined,
    });
    const own = await resolveRecord(options.headers);
    const init: RequestInit = {
      method: "POST",
      headers: mergeHeaders(await requests.headers(), own, protocol),
    };
    if (body !== undefined) init.body = body;
    if (signal !== undefined) init.signal = signal;
    return { init, url: await requests.url() };
  };
  return async (request) => {
    let isSent = false;
    try {
      const { init, url } = await prepare(request);
      isSent = true;
      return await outcomeOf(await fetchOnce(url, init), url, request.seq);
    } catch (error) {
      return isSent && !signal?.aborted
        ? { type: "retry", error, retryAfterMs: 0 }
        : { type: "refused", error };
    }
  };
}
