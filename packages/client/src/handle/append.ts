import {
  CONTENT_TYPE,
  PRODUCER_EPOCH,
  PRODUCER_ID,
  PRODUCER_SEQ,
  STREAM_NEXT_OFFSET,
  STREAM_SEQ,
} from "@perennial/protocol";
import { DurableStreamError, StreamClosedError } from "../errors/durable-stream-error.ts";
import { FetchError } from "../errors/fetch-error.ts";
import { present } from "../http/defaults.ts";
import type { ProtocolHeaders } from "../http/records.ts";
import type { AppendOptions, AppendResult } from "../options.ts";
import type { QueuedAppend } from "./append-queue.ts";
import { joinContents } from "./content.ts";
import type { HandleRequests } from "./requests.ts";

/**
 * The protocol's headers of an append.
 *
 * @throws DurableStreamError `BAD_REQUEST` when some of the producer's fields are given and some are not
 */
export function appendHeaders(contentType: string | undefined, options: AppendOptions): ProtocolHeaders {
  const { seq, producerId, producerEpoch, producerSeq } = options;
  const producer = {
    [PRODUCER_ID]: producerId,
    [PRODUCER_EPOCH]: producerEpoch,
    [PRODUCER_SEQ]: producerSeq,
  };
  if (Object.keys(present(producer)).length % 3 !== 0) {
    const message = "producerId, producerEpoch and producerSeq go together";
    throw new DurableStreamError(message, "BAD_REQUEST");
  }
  return { [CONTENT_TYPE]: contentType, [STREAM_SEQ]: seq, ...producer };
}

/** Sends appends of one content type in one request. The last `seq` among them speaks for all. */
export async function sendAppends(
  requests: HandleRequests,
  appends: readonly QueuedAppend[],
  options: AppendOptions,
): Promise<AppendResult> {
  const contentType = appends[0]?.contentType;
  const body = joinContents(
    appends.map((append) => append.content),
    contentType,
  );
  const seq = appends.findLast((append) => append.seq !== undefined)?.seq;
  const headers = appendHeaders(contentType, { ...options, seq });
  const { signal } = options;
  const response = await requests.send({ method: "POST", headers, body, signal });
  return appendResult(response, options);
}

/** What a successful append's response says. */
export function appendResult(response: Response, options: AppendOptions): AppendResult {
  const offset = response.headers.get(STREAM_NEXT_OFFSET) ?? "";
  const duplicate = options.producerId !== undefined && response.status === 204;
  return { offset, duplicate };
}

/** Whether the server looked at a request, stored nothing of it, and may still take a part of it. */
export function isRefusalOfContent(error: unknown): boolean {
  if (!(error instanceof FetchError) || error instanceof StreamClosedError) return false;
  return error.status === 400 || error.status === 409 || error.status === 413;
}
