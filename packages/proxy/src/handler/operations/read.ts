import { HEADER, isTrue, QUERY } from "@perennial/protocol";
import { isStreamId } from "../../core/ids.ts";
import { readDescription } from "../../core/stored-type.ts";
import { PROXY_HEADER } from "../../core/words.ts";
import { isSigned, serviceProblem, signatureProblem } from "../auth.ts";
import { discard } from "../backend.ts";
import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { missingResponse, storageResponse } from "../http/missing.ts";

const PASSED_QUERY = [QUERY.offset, QUERY.live, QUERY.cursor];
const PASSED_HEADERS = ["accept", HEADER.ifNoneMatch, HEADER.lastEventId];
/** Of one connection, or said by this server itself. */
const DROPPED =
  /^(?:access-control-.*|connection|keep-alive|transfer-encoding|content-encoding|content-length|date|location|vary|stream-ttl)$/;

/** `GET /v1/proxy/{id}`: reads as any stream is read. */
export async function read(
  context: Context,
  id: string,
  request: Request,
  query: URLSearchParams,
): Promise<Response> {
  const isByUrl = isSigned(query);
  const problem = isByUrl
    ? signatureProblem(context.settings, id, query)
    : await serviceProblem(context.settings, request);
  if (problem !== undefined) return errorResponse(problem.code, problem.message);
  if (!isStreamId(id)) return missingResponse("missing");
  try {
    const isLive = query.has(QUERY.live) && query.get(QUERY.live) !== "false";
    const response = await (isLive ? readLive : readOnce)(context, id, request, query);
    // A cache shared by others would have the answer for those without the secret, too.
    if (!isByUrl && response.ok) response.headers.set(HEADER.cacheControl, "private, no-store");
    return response;
  } catch (error) {
    return storageResponse(context, id, error, request);
  }
}

/** What is there now. */
async function readOnce(
  context: Context,
  id: string,
  request: Request,
  query: URLSearchParams,
): Promise<Response> {
  const response = await ask(context, id, request, query);
  const isOpen = response.ok && !isTrue(response.headers.get(HEADER.streamClosed));
  if (isOpen && !context.running.has(id)) {
    const description = readDescription(response.headers.get(HEADER.contentType));
    if (await context.orphans.endIfOrphan(id, description)) {
      await response.body?.cancel();
      return passed(context, id, await ask(context, id, request, query));
    }
  }
  return passed(context, id, response);
}

/** What is there, and what comes. If another process fetches it, it is watched meanwhile. */
async function readLive(
  context: Context,
  id: string,
  request: Request,
  query: URLSearchParams,
): Promise<Response> {
  if (context.running.has(id)) return passed(context, id, await ask(context, id, request, query));
  const found = await context.records.find(id);
  if (found.kind === "rejected") return missingResponse(found.rejection);
  const { description, isClosed } = found.value;
  if (isClosed || (await context.orphans.endIfOrphan(id, description)))
    return passed(context, id, await ask(context, id, request, query));
  const endWatch = context.orphans.watch(id, description);
  request.signal.addEventListener("abort", endWatch, { once: true });
  try {
    const response = await passed(context, id, await ask(context, id, request, query));
    if (response.body === null) {
      endWatch();
      return response;
    }
    const { status, headers } = response;
    return new Response(whenOver(response.body, endWatch), { status, headers });
  } catch (error) {
    endWatch();
    throw error;
  }
}

function ask(context: Context, id: string, request: Request, query: URLSearchParams): Promise<Response> {
  const passedQuery = new URLSearchParams();
  for (const name of PASSED_QUERY) {
    const value = query.get(name);
    if (value !== null) passedQuery.set(name, value);
  }
  const headers: Record<string, string> = {};
  for (const name of PASSED_HEADERS) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  // When the reader leaves, so do we.
  const { signal } = request;
  const timeoutMs = passedQuery.has(QUERY.live) ? Number.POSITIVE_INFINITY : undefined;
  return context.backend.send("GET", `${context.backend.bytes(id)}?${passedQuery}`, {
    headers,
    signal,
    timeoutMs,
  });
}

/** The answer from below, as readers get it. */
async function passed(context: Context, id: string, response: Response): Promise<Response> {
  const { status } = response;
  if (status === 404 || status === 410) {
    await discard(response);
    return missingResponse(context.records.missing(id, status).rejection);
  }
  if (isOurFault(status)) {
    await discard(response);
    return missingResponse("unavailable");
  }
  const headers = new Headers();
  for (const [name, value] of response.headers) if (!DROPPED.test(name)) headers.append(name, value);
  const stored = response.headers.get(HEADER.contentType);
  const description = context.records.remembered(id) ?? readDescription(stored);
  if (stored?.includes("octet-stream")) headers.set(HEADER.contentType, "application/octet-stream");
  if (status < 400) headers.set(PROXY_HEADER.upstreamContentType, description.contentType);
  if (isTrue(response.headers.get(HEADER.streamClosed)))
    headers.set(PROXY_HEADER.upstreamOutcome, await context.records.outcome(id));
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? response.body : null, { status, headers });
}

/** Whether the server below refuses the proxy, not its reader, or fails. Of 503 it says itself when to come back. */
function isOurFault(status: number): boolean {
  return status === 401 || status === 403 || (status >= 500 && status !== 503);
}

/** The same body, of which one is told when it is over or its reader has left. */
function whenOver(body: ReadableStream<Uint8Array>, onOver: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          onOver();
          controller.close();
        } catch (error) {
          onOver();
          controller.error(error);
        }
      },
      cancel(reason) {
        onOver();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
