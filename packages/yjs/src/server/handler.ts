/** From a request to its operation. */
import { HEADER } from "../core/headers.ts";
import type { Context } from "./context.ts";
import { errorResponse, methodNotAllowed } from "./http/errors.ts";
import { withCors } from "./http/headers.ts";
import { appendUpdates } from "./operations/append.ts";
import { awareness } from "./operations/awareness.ts";
import { createDocument } from "./operations/create.ts";
import { deleteDocument } from "./operations/delete.ts";
import { readStream } from "./operations/read.ts";
import { discoverSnapshot, readSnapshot } from "./operations/snapshot.ts";
import { type DocumentId, namesSnapshot, routeOf, YjsStreamPaths } from "./paths.ts";

const UNCODED = /^(?:identity)?$/i;
const CODED = "Bytes are stored as they are sent. Send them without a Content-Encoding.";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE"]);

/** Answers a request, whatever it is; what is not ours goes to the server below. Never rejects. */
export async function handle(shared: Context, request: Request): Promise<Response> {
  const context: Context = { ...shared, upstream: shared.upstream.for(request) };
  const { pathname, searchParams } = new URL(request.url);
  const route = routeOf(pathname, searchParams);
  try {
    if (route.kind === "other") return await context.upstream.forward(request);
    if (request.method === "OPTIONS")
      return new Response(null, { status: 204, headers: withCors(new Headers()) });
    if (route.kind === "invalid") return errorResponse("INVALID_REQUEST", route.reason);
    if (!METHODS.has(request.method)) return methodNotAllowed();
    const coding = request.headers.get(HEADER.contentEncoding) ?? "";
    if (!UNCODED.test(coding)) return errorResponse("INVALID_REQUEST", CODED, 415);
    if (route.kind === "awareness") return await awareness(context, route, route.name, request);
    return await documentRequest(context, route, request, searchParams.get("offset"));
  } catch (error) {
    if (request.signal.aborted) return errorResponse("PROXY_ERROR", "the client left");
    context.logger.warn({ err: error, path: pathname }, "a request to the server below failed");
    return errorResponse("PROXY_ERROR", "the server that holds the streams cannot be reached");
  }
}

function documentRequest(
  context: Context,
  id: DocumentId,
  request: Request,
  offset: string | null,
): Promise<Response> {
  const { method } = request;
  switch (method) {
    case "PUT":
      return createDocument(context, id, request);
    case "POST":
      return appendUpdates(context, id, request);
    case "DELETE":
      return deleteDocument(context, id);
  }
  if (method === "GET" && offset === "snapshot") return discoverSnapshot(context, id, request);
  if (method === "GET" && namesSnapshot(offset)) return readSnapshot(context, id, offset, request);
  const path = YjsStreamPaths.dsStream(id.service, id.docPath);
  return readStream(context, path, request, "long-poll", "DOCUMENT_NOT_FOUND");
}
