import { HEADER } from "../../core/headers.ts";
import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { pass } from "../http/pass.ts";
import { appendToIndex } from "../index-stream.ts";
import { type DocumentId, YjsStreamPaths } from "../paths.ts";
import { discard } from "../upstream.ts";
import { readStream } from "./read.ts";

/** Presence that nobody used for so long is gone, seconds. Whoever comes back makes it anew. */
const TTL_SECONDS = 3600;
/** Bytes of one request. Where somebody's cursor is takes some hundred, and all readers get them. */
const REQUEST_BYTES_MAX = 1024 * 1024;
const HEADERS = { [HEADER.contentType]: "application/octet-stream" };

/** A request to `{doc}?awareness={name}`. */
export function awareness(
  context: Context,
  id: DocumentId,
  name: string,
  request: Request,
): Promise<Response> {
  const path = YjsStreamPaths.awarenessStream(id.service, id.docPath, name);
  switch (request.method) {
    case "PUT":
      return put(context, id, name);
    case "POST":
      return post(context, id, name, request);
    case "DELETE":
      return remove(context, path);
    default:
      return readStream(context, path, request, "sse", "STREAM_NOT_FOUND");
  }
}

/** Creates an awareness stream, and notes it so that it goes when the document goes. */
export async function createAwareness(
  { upstream }: Context,
  { service, docPath }: DocumentId,
  name: string,
): Promise<Response> {
  const path = YjsStreamPaths.awarenessStream(service, docPath, name);
  if (name !== "default") {
    // Before the stream: one that is named and not there harms nobody.
    const { status } = await discard(await upstream.send("HEAD", path));
    const index = YjsStreamPaths.awarenessIndexStream(service, docPath);
    if (status === 404) await appendToIndex(upstream, index, { name, createdAt: Date.now() });
  }
  return upstream.send("PUT", path, { headers: { ...HEADERS, [HEADER.streamTtl]: String(TTL_SECONDS) } });
}

async function put(context: Context, id: DocumentId, name: string): Promise<Response> {
  if (!(await hasDocument(context, id))) return documentMissing();
  const response = await createAwareness(context, id, name);
  // One that another server made has another lifetime, and is there all the same.
  if (response.status !== 409) return pass(response, "STREAM_NOT_FOUND");
  await discard(response);
  return pass(new Response(null, { status: 200 }), "STREAM_NOT_FOUND");
}

async function post(context: Context, id: DocumentId, name: string, request: Request): Promise<Response> {
  const path = YjsStreamPaths.awarenessStream(id.service, id.docPath, name);
  const share = async (body: Uint8Array<ArrayBuffer>): Promise<Response | undefined> => {
    const send = () => context.upstream.send("POST", path, { headers: HEADERS, body });
    const response = await send();
    if (response.status !== 404) return response;
    await discard(response);
    if (!(await hasDocument(context, id))) return undefined;
    await discard(await createAwareness(context, id, name));
    return send();
  };
  const outcome = await context.budget.with(request, share, REQUEST_BYTES_MAX);
  if (outcome.kind === "rejected") return outcome.rejection;
  return outcome.value === undefined ? documentMissing() : pass(outcome.value, "STREAM_NOT_FOUND");
}

async function remove({ upstream }: Context, path: string): Promise<Response> {
  return pass(await upstream.send("DELETE", path), "STREAM_NOT_FOUND");
}

async function hasDocument({ upstream }: Context, { service, docPath }: DocumentId): Promise<boolean> {
  const { status } = await discard(await upstream.send("HEAD", YjsStreamPaths.dsStream(service, docPath)));
  return status !== 404 && status !== 410;
}

function documentMissing(): Response {
  return errorResponse("DOCUMENT_NOT_FOUND", "Document does not exist");
}
