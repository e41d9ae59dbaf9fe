/** Reads that a server in the same process may answer by itself, without coming by here. */
import { HEADER } from "../core/headers.ts";
import { namesSnapshot, routeOf, YjsStreamPaths } from "./paths.ts";

/** The stream that a read is really of. */
export interface RewrittenRead {
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A live mode that the server is to choose. */
const ANY_LIVE = /(^|&)live=true(?=&|$)/;

/**
 * What a GET or HEAD is of: the updates, presence, or a snapshot. Undefined for what is to be looked into.
 *
 * @param target path and query, as sent
 */
export function rewriteRead(target: string): RewrittenRead | undefined {
  const question = target.indexOf("?");
  const query = question < 0 ? "" : target.slice(question + 1);
  const parameters = new URLSearchParams(query);
  const route = routeOf(question < 0 ? target : target.slice(0, question), parameters);
  if (route.kind === "invalid" || route.kind === "other") return undefined;
  const { service, docPath } = route;
  if (route.kind === "awareness")
    return { target: read(YjsStreamPaths.awarenessStream(service, docPath, route.name), query, "sse") };
  const offset = parameters.get("offset");
  if (offset === "snapshot") return undefined;
  if (!namesSnapshot(offset))
    return { target: read(YjsStreamPaths.dsStream(service, docPath), query, "long-poll") };
  const position = YjsStreamPaths.parseSnapshotOffset(offset);
  if (position === null) return undefined;
  const path = YjsStreamPaths.snapshotStream(service, docPath, offset);
  const headers = { [HEADER.cacheControl]: "private, max-age=60", [HEADER.streamNextOffset]: position };
  return { target: `${path}?offset=-1`, headers };
}

/**
 * The stream whose rights a request needs: that of the updates for all that is the document, or of presence. Undefined for what is
 * neither.
 *
 * @param target path and query, as sent
 */
export function streamOf(target: string): string | undefined {
  const question = target.indexOf("?");
  const query = new URLSearchParams(question < 0 ? "" : target.slice(question + 1));
  const route = routeOf(question < 0 ? target : target.slice(0, question), query);
  if (route.kind === "document") return YjsStreamPaths.dsStream(route.service, route.docPath);
  if (route.kind === "awareness")
    return YjsStreamPaths.awarenessStream(route.service, route.docPath, route.name);
  return undefined;
}

function read(path: string, query: string, live: "sse" | "long-poll"): string {
  const kept = query.split("&").filter((pair) => /^(?:offset|live|cursor)=/.test(pair));
  return `${path}?${kept.join("&").replace(ANY_LIVE, `$1live=${live}`)}`;
}
