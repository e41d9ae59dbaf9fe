import { HEADER } from "../../core/headers.ts";
import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { areWholeFrames, NOT_FRAMES } from "../http/frames.ts";
import { pickHeaders } from "../http/headers.ts";
import { pass } from "../http/pass.ts";
import { readSnapshots } from "../index-stream.ts";
import { type DocumentId, YjsStreamPaths } from "../paths.ts";
import { discard } from "../upstream.ts";
import { createAwareness } from "./awareness.ts";
import { removeBeside } from "./delete.ts";

/** What a client may say of the document's stream. Not where it is forked from: that could be anybody's. */
const FORWARDED = [HEADER.streamTtl, HEADER.streamExpiresAt];
const BINARY = "application/octet-stream";

/** `PUT {doc}`: creates a document, and the awareness stream that goes with it. */
export async function createDocument(context: Context, id: DocumentId, request: Request): Promise<Response> {
  const type = request.headers.get(HEADER.contentType) ?? BINARY;
  if (type.split(";")[0]!.trim().toLowerCase() !== BINARY) return anotherType(context, id, type);
  const headers = { [HEADER.contentType]: BINARY, ...pickHeaders(request.headers, FORWARDED) };
  const path = YjsStreamPaths.dsStream(id.service, id.docPath);
  const received = await context.budget.with(request, async (body) => {
    if (body.length === 0) return context.upstream.send("PUT", path, { headers });
    return (await areWholeFrames(body)) ? context.upstream.send("PUT", path, { headers, body }) : undefined;
  });
  if (received.kind === "rejected") return received.rejection;
  const outcome = received.value;
  if (outcome === undefined) return errorResponse("INVALID_REQUEST", NOT_FRAMES);
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

/** A document of another type could be written by nobody. */
async function anotherType({ upstream }: Context, id: DocumentId, type: string): Promise<Response> {
  const path = YjsStreamPaths.dsStream(id.service, id.docPath);
  const { status } = await discard(await upstream.send("HEAD", path));
  const code = status === 404 ? "INVALID_REQUEST" : "CONFLICT";
  return errorResponse(code, `The content type of a document is ${BINARY}, not ${type.slice(0, 100)}`);
}
