import { DurableStream } from "@perennial/client";
import { CACHE_CONTROL, QUERY } from "@perennial/protocol";
import { type GenerationTarget, streamOptions } from "../generation/target.ts";

/** What a page says of a read: from where on, and how. All else that it sends stays here. */
const READ_PARAMS = Object.values(QUERY);

/** Of one connection, of a body that was decoded on the way, or none of the page's business. */
const DROPPED =
  /^(?:access-control-.*|connection|keep-alive|transfer-encoding|content-encoding|content-length|date|set-cookie)$/;

/**
 * Reads a stream for a page, with credentials that the page must not have: a route of yours decides which stream it is, by an
 * id, say, and whether this person may read it; the page says from where on, and how. What it is sent is kept by no cache.
 *
 * @returns the server's answer; 405 for a request that reads nothing, 502 where the server cannot be reached
 * @example
 * ```ts
 * import { passRead } from "@perennial/ai";
 * declare function mayRead(request: Request, id: string): Promise<boolean>;
 * export async function GET(request: Request): Promise<Response> {
 *   const id = new URL(request.url).searchParams.get("id") ?? "";
 *   if (!(await mayRead(request, id))) return new Response("no such chat", { status: 404 });
 *   const url = `https://example.com/v1/stream/chat/${encodeURIComponent(id)}`;
 *   return passRead(request, { url, headers: { authorization: "Bearer secret" } });
 * }
 * ```
 */
export async function passRead(request: Request, target: GenerationTarget): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return new Response("reads only", { status: 405, headers: { allow: "GET, HEAD" } });
  const url = new URL(target.url);
  const { searchParams } = new URL(request.url);
  for (const name of READ_PARAMS) {
    const value = searchParams.get(name);
    if (value !== null) url.searchParams.set(name, value);
  }
  const headers = new Headers(await new DurableStream(streamOptions(target)).resolveHeaders());
  const accept = request.headers.get("accept");
  if (accept !== null) headers.set("accept", accept);
  const { method, signal } = request;
  try {
    return passedOn(await (target.fetch ?? fetch)(url, { method, headers, signal }));
  } catch (error) {
    if (signal.aborted) throw error;
    return new Response("the streams cannot be reached", {
      status: 502,
      headers: { [CACHE_CONTROL]: "no-store" },
    });
  }
}

function passedOn({ status, body, headers }: Response): Response {
  const kept = new Headers({ [CACHE_CONTROL]: "no-store" });
  for (const [name, value] of headers)
    if (!DROPPED.test(name) && name !== CACHE_CONTROL.toLowerCase()) kept.append(name, value);
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? body : null, { status, headers: kept });
}
