import { HEADER } from "../../core/headers.ts";
import type { Context } from "../context.ts";
import { pickHeaders } from "../http/headers.ts";
import { pass } from "../http/pass.ts";
import { readSnapshots } from "../index-stream.ts";
import { type DocumentId, YjsStreamPaths } from "../paths.ts";
import { createAwareness } from "./awareness.ts";
import { removeBeside } from "./delete.ts";

/** What a client may say of the document's stream. Not where it is forked from: that could be anybody's. */
const FORWARDED = [HEADER.contentType, HEADER.streamTtl, HEADER.streamExpiresAt];

/** `PUT {doc}`: creates a document, and the awareness stream that goes with it. */
export async function createDocument(context: Context, id: DocumentId, request: Request): Promise<Response> {
  const headers = {
    [HEADER.contentType]: "application/octet-stream",
    ...pickHeaders(request.headers, FORWARDED),
  };
  const path = YjsStreamPaths.dsStream(id.service, id.docPath);
  const received = await context.budget.with(request, (body) =>
    context.upstream.send("PUT", path, body.length === 0 ? { headers } : { headers, body }),
  );
  if (received.kind === "rejected") return received.rejection;
  const outcome = received.value;
  // What a life of the document before left behind, should its deletion have been cut short, is not of this one.
  if (outcome.status === 201) {
    context.states.delete(id);
    if ((await readSnapshots(context.upstream, id)).length > 0) await removeBeside(context, id);
  }
  if (outcome.ok)
    await createAwareness(context, id, "default").catch((error: Error) =>
      context.logger.warn({ ...id, err: error }, "the awareness stream could not be created"),
    );
  const response = await pass(outcome, "DOCUMENT_NOT_FOUND");
  if (response.status === 201) response.headers.set("location", request.url.replace(/[?#].*$/s, ""));
  return response;
}
