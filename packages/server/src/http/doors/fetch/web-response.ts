/** A reply as a web-standard response. */
import { HTTP_HEADER } from "@perennial/protocol";
import { isLive, isSource, type Reply } from "../../message/reply.ts";

/**
 * @param commonHeaders of every reply, names and values in turn
 * @param method of the request; a HEAD is answered without a body
 * @param stream brings the body, where it is not at hand
 */
export function webResponse(
  { status, headers, body }: Reply,
  commonHeaders: readonly string[],
  method: string,
  stream?: ReadableStream<Uint8Array>,
): Response {
  const all = new Headers();
  for (const list of [commonHeaders, headers]) {
    for (let index = 0; index < list.length; index += 2) all.append(list[index]!, list[index + 1]!);
  }
  const init = { status, headers: all };
  if (isLive(body)) return new Response(stream!, init);
  if (status === 204 || status === 304 || method === "HEAD") return new Response(null, init);
  all.set(HTTP_HEADER.contentLength, String(isSource(body) ? body.byteLength : (body?.length ?? 0)));
  if (isSource(body)) return new Response(stream!, init);
  return new Response(body === undefined ? null : new Uint8Array(body), init);
}
