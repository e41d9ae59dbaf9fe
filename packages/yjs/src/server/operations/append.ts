import { HEADER } from "../../core/headers.ts";
import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { areWholeFrames, NOT_FRAMES } from "../http/frames.ts";
import { pickHeaders } from "../http/headers.ts";
import { pass } from "../http/pass.ts";
import { type DocumentId, YjsStreamPaths } from "../paths.ts";
import { discard } from "../upstream.ts";

/** Of an idempotent producer. Nothing else passes: above all not what closes a stream. */
const FORWARDED = [
  HEADER.producerId,
  HEADER.producerEpoch,
  HEADER.producerSeq,
  "stream-producer-id",
  "stream-producer-epoch",
  "stream-producer-seq",
];

/** `POST {doc}`: appends updates. */
export async function appendUpdates(context: Context, id: DocumentId, request: Request): Promise<Response> {
  const outcome = await context.budget.with(request, (body) => append(context, id, request, body));
  return outcome.kind === "rejected" ? outcome.rejection : outcome.value;
}

async function append(
  context: Context,
  id: DocumentId,
  request: Request,
  body: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const path = YjsStreamPaths.dsStream(id.service, id.docPath);
  if (!(await areWholeFrames(body))) return notFrames(context, path);
  const headers = {
    [HEADER.contentType]: "application/octet-stream",
    ...pickHeaders(request.headers, FORWARDED),
  };
  let response = await context.upstream.send("POST", path, { headers, body });
  if (isProducerLimit(response)) {
    // A document outlives many editors, and Yjs does not mind an update that is stored twice.
    await discard(response);
    const plain = { [HEADER.contentType]: headers[HEADER.contentType] };
    response = await context.upstream.send("POST", path, { headers: plain, body });
  }
  if (response.ok)
    context.compactor.afterAppend(id, body.length, response.headers.get(HEADER.streamNextOffset));
  return pass(response, "DOCUMENT_NOT_FOUND");
}

/** What is no frames would leave the document unreadable to everybody. */
async function notFrames({ upstream }: Context, path: string): Promise<Response> {
  const { status } = await discard(await upstream.send("HEAD", path));
  if (status === 404) return errorResponse("DOCUMENT_NOT_FOUND", "Document does not exist");
  return errorResponse("INVALID_REQUEST", NOT_FRAMES);
}

/** A refusal of a producer that is neither out of step nor late, nor of a closed stream. */
function isProducerLimit({ status, headers }: Response): boolean {
  const expected = headers.get(HEADER.producerExpectedSeq);
  const isGap = expected !== null && expected !== headers.get(HEADER.producerReceivedSeq);
  return status === 409 && !isGap && headers.get("stream-closed") === null;
}
