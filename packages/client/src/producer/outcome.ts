import { HEADER } from "@perennial/protocol";
import { closedError, DurableStreamError } from "../errors/durable-stream-error.ts";
import { alsoFetchError, FetchError } from "../errors/fetch-error.ts";
import { writeError } from "../errors/write-error.ts";
import { isTransient } from "../http/fetch-with-backoff.ts";
import { retryAfterMs } from "../http/retry-after.ts";
import type { Outcome } from "./queue.ts";

/** An outcome, and how long the server asks to wait before a retry, in ms. */
export interface PostOutcome {
  readonly outcome: Outcome;
  readonly retryAfterMs: number;
}

/**
 * What a response to a producer's request means (protocol section 9). A 403 fences only if it names the epoch that
 * took over, and a 409 is a gap only if it names an earlier sequence number: the rest are refusals.
 */
export async function outcomeOf(response: Response, url: string, seq: number): Promise<PostOutcome> {
  const { status, headers } = response;
  if (response.ok) {
    await response.arrayBuffer();
    return at(0, {
      type: "stored",
      offset: headers.get(HEADER.streamNextOffset) ?? "",
      duplicate: status === 204,
    });
  }
  const error = await FetchError.fromResponse(response, url);
  if (isTransient(status)) {
    return at(retryAfterMs(headers.get(HEADER.retryAfter), Date.now()), { type: "retry", error });
  }
  const currentEpoch = integer(headers.get(HEADER.producerEpoch));
  if (status === 403 && currentEpoch !== undefined) return at(0, { type: "fenced", currentEpoch });
  const expected = integer(headers.get(HEADER.producerExpectedSeq));
  if (status === 409 && expected !== undefined && expected !== seq && closedError(error) === undefined) {
    const received = integer(headers.get(HEADER.producerReceivedSeq)) ?? seq;
    return at(0, { type: "gap", expected, received });
  }
  return at(0, { type: "refused", error: refusal(error) });
}

function refusal(error: FetchError): unknown {
  if (error.status === 400) return alsoFetchError(DurableStreamError.fromFetchError(error), error);
  return writeError(error);
}

function at(retryAfterMs: number, outcome: Outcome): PostOutcome {
  return { outcome, retryAfterMs };
}

function integer(value: string | null): number | undefined {
  return value !== null && /^[0-9]+$/.test(value) ? Number(value) : undefined;
}
