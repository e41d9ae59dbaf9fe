/** Changes to the server, by an idempotent producer: what is sent again is stored once. */
import { HEADER } from "../core/headers.ts";
import { reject } from "../core/result.ts";
import { asProviderError, refusal, YjsProviderError } from "./errors.ts";
import type { Answer, Requests } from "./requests.ts";
import type { Post, Posted } from "./sender.ts";

/** @param producerId names us to the server; nobody else has it */
export function postToServer(requests: Requests, producerId: string): Post {
  return async ({ body, number }, signal) => {
    const headers: Record<string, string> = { [HEADER.contentType]: "application/octet-stream" };
    if (number !== undefined) {
      headers[HEADER.producerId] = producerId;
      headers[HEADER.producerEpoch] = String(number.epoch);
      headers[HEADER.producerSeq] = String(number.seq);
    }
    try {
      return outcomeOf(await requests.send("POST", {}, { headers, body, signal }));
    } catch (error) {
      const problem = asProviderError(error);
      return signal.aborted || problem.isPassing ? { kind: "again" } : reject(problem);
    }
  };
}

/** What an answer means (protocol §9). */
export function outcomeOf({ status, headers, body }: Pick<Answer, "status" | "headers" | "body">): Posted {
  if (status >= 200 && status < 300) return { kind: "stored" };
  const epoch = wholeNumber(headers.get(HEADER.producerEpoch));
  const expected = wholeNumber(headers.get(HEADER.producerExpectedSeq));
  const received = wholeNumber(headers.get(HEADER.producerReceivedSeq));
  if (status === 403 && epoch !== undefined) return { kind: "out-of-step", epoch };
  if (status === 409 && expected !== undefined && expected !== received)
    return { kind: "out-of-step", epoch: epoch ?? 0 };
  const message = new TextDecoder().decode(body);
  if (status === 409 && headers.has("stream-closed"))
    return reject(
      new YjsProviderError("DOCUMENT_CLOSED", "the document was closed: it takes no more changes", status),
    );
  if (status === 409) return { kind: "no-producers" };
  if (status === 413) return { kind: "too-long" };
  const error = refusal("sending changes", status, message);
  return error.isPassing ? { kind: "again" } : reject(error);
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}
