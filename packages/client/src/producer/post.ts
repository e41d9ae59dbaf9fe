import { CONTENT_TYPE, PRODUCER_EPOCH, PRODUCER_ID, PRODUCER_SEQ, STREAM_CLOSED } from "@perennial/protocol";
import type { HandleRequests } from "../handle/requests.ts";
import { attemptLimit, type BackoffPolicy } from "../http/backoff.ts";
import { headersOf, mergeHeaders, resolveRecord } from "../http/records.ts";
import { withinLimitWhole } from "../http/spare-controller.ts";
import type { IdempotentProducerOptions } from "../options.ts";
import type { Flight, Outcome } from "./flight.ts";
import { outcomeOf } from "./outcome.ts";

/** Sends a flight once; what is left of its time, in ms, bounds the attempt. */
export type ProducerPost = (
  flight: Pick<Flight, "epoch" | "seq" | "batch">,
  contentType: string,
  left: number,
) => Promise<Outcome>;

/**
 * Sends requests under one producer id: the handle's headers and parameters, then the producer's, then the protocol's.
 * A network failure is a retry; so is an answer that breaks off, or is not whole in time.
 */
export function producerPost(
  requests: HandleRequests,
  producerId: string,
  options: Pick<IdempotentProducerOptions, "fetch" | "headers" | "signal"> & {
    readonly backoff: BackoffPolicy;
  },
): ProducerPost {
  const fetchOnce = options.fetch ?? requests.fetch;
  return async (flight, contentType, left) => {
    let isSent = false;
    try {
      const { init, url } = await prepare(requests, producerId, options.headers, flight, contentType);
      const limit = Math.min(attemptLimit(options.backoff, flight.batch.body?.length), left);
      isSent = true;
      const attempt = async (signal: AbortSignal | null | undefined) => {
        const response = await fetchOnce(url, { ...init, signal: signal ?? null });
        return outcomeOf(response, url, flight.seq, flight.batch);
      };
      return await withinLimitWhole(limit, options.signal, attempt);
    } catch (error) {
      return isSent && !options.signal?.aborted
        ? { type: "retry", error, retryAfterMs: 0 }
        : { type: "refused", error };
    }
  };
}

async function prepare(
  requests: HandleRequests,
  producerId: string,
  headers: IdempotentProducerOptions["headers"],
  { epoch, seq, batch }: Pick<Flight, "epoch" | "seq" | "batch">,
  contentType: string,
): Promise<{ url: string; init: RequestInit }> {
  const protocol = headersOf({
    [CONTENT_TYPE]: contentType,
    [PRODUCER_ID]: producerId,
    [PRODUCER_EPOCH]: epoch,
    [PRODUCER_SEQ]: seq,
    [STREAM_CLOSED]: batch.closes || undefined,
  });
  const own = await resolveRecord(headers);
  const init: RequestInit = {
    method: "POST",
    headers: mergeHeaders(await requests.headers(), own, protocol),
  };
  if (batch.body !== undefined) init.body = batch.body;
  return { init, url: await requests.url() };
}
