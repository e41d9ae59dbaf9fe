/** Which streams are whose: the one place that says it. Pure. */
import { STREAM_ROOT } from "@perennial/protocol";

const ROOT = `${STREAM_ROOT}/`;
/**
 * Where Yjs documents are, by service: `/v1/stream/yjs/{service}/docs/…`. The address is that of the protocol for documents, so it
 * is not a service's first segment, and no service may be called so.
 */
export const DOCUMENTS_SEGMENT = "yjs";
const DOCUMENTS = `${ROOT}${DOCUMENTS_SEGMENT}/`;

/** What the paths of a service's streams begin with. */
export function streamsOf(service: string): string {
  return `${ROOT}${service}/`;
}

/** The service whose streams begin so: what `streamsOf` makes of it. Empty for the root of all. */
export function serviceAt(prefix: string): string {
  return prefix.slice(ROOT.length, -1);
}

/** What the paths of a service's documents begin with. */
export function documentsOf(service: string): string {
  return `${DOCUMENTS}${service}/`;
}

/**
 * A path as it is within a service: `chats/1`, and `yjs/docs/notes/.updates` for the document `notes`. Undefined if the service does
 * not have it.
 *
 * @param path canonical; or a prefix of paths that ends in a slash
 */
export function pathWithin(service: string, path: string): string | undefined {
  if (path.startsWith(DOCUMENTS)) {
    const documents = documentsOf(service);
    return path.startsWith(documents) ? `${DOCUMENTS_SEGMENT}/${path.slice(documents.length)}` : undefined;
  }
  const streams = streamsOf(service);
  return path.startsWith(streams) ? path.slice(streams.length) : undefined;
}
