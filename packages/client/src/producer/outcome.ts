import {
  isForeign,
  isTrue,
  PRODUCER_EPOCH,
  PRODUCER_EXPECTED_SEQ,
  PRODUCER_RECEIVED_SEQ,
  PRODUCER_SEQ,
  RETRY_AFTER,
  STREAM_CLOSED,
  STREAM_NEXT_OFFSET,
} from "@perennial/protocol";
import { closedError } from "../errors/durable-stream-error.ts";
import { FetchError } from "../errors/fetch-error.ts";
import { codedError, writeError } from "../errors/write-error.ts";
import { isTransient } from "../http/fetch-with-backoff.ts";
import { retryAfterMs } from "../http/retry-after.ts";
import type { Batch, Outcome } from "./flight.ts";

/**
 * What a response to a producer's request means (protocol §9). A 403 fences only if it names the epoch that
 * took over, and a 409 is a gap only if it names an earlier sequence number: the rest are refusals. A 204 is a
 * duplicate, except of a closing request without content that did close the stream.
 */
export async function outcomeOf(
  response: Response,
  url: string,
  seq: number,
  { body, closes }: Pick<Batch, "body" | "closes">,
): Promise<Outcome> {
  const { status, headers } = response;
  if (response.ok && !isForeign(response)) {
    await response.arrayBuffer();
    const isClose = closes && !body && isTrue(headers.get(STREAM_CLOSED));
    return {
      type: "stored",
      offset: headers.get(STREAM_NEXT_OFFSET) ?? "",
      duplicate: status === 204 && !isClose,
      highest: integer(headers.get(PRODUCER_SEQ)),
    };
  }
  const error = await FetchError.fromResponse(response, url);
  if (isTransient(status)) {
    const wait = retryAfterMs(headers.get(RETRY_AFTER), Date.now());
    return { type: "retry", error, retryAfterMs: wait, refused: status === 429 };
  }
  const currentEpoch = integer(headers.get(PRODUCER_EPOCH));
  if (status === 403 && currentEpoch !== undefined) return { type: "fenced", currentEpoch };
  const expected = integer(headers.get(PRODUCER_EXPECTED_SEQ));
  if (status === 409 && expected !== undefined && expected !== seq && !closedError(error)) {
    return { type: "gap", expected, received: integer(headers.get(PRODUCER_RECEIVED_SEQ)) ?? seq };
  }
  return { type: "refused", error: status === 400 ? codedError(error, "BAD_REQUEST") : writeError(error) };
}

function integer(value: string | null): number | undefined {
  return value !== null && /^[0-9]+$/.test(value) ? Number(value) : undefined;
}
