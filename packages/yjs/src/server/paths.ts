/** Addresses: of documents for clients, and of the streams that hold them. */

/** All documents are below it. */
export const PREFIX = "/v1/yjs/";
/** And their streams are below this. */
export const STREAMS = "/v1/stream/yjs/";
const DOCUMENT_CHARACTERS = /^[A-Za-z0-9_\-/]+$/;
const DOCUMENT_LENGTH_MAX = 256;
const NAME = /^[A-Za-z0-9_~.-]{1,128}$/;
const SNAPSHOT = "_snapshot";

/** A document, or presence beside it. */
export interface DocumentId {
  readonly service: string;
  readonly docPath: string;
}

/** What a request is about. */
export type Route =
  | ({ readonly kind: "document" } & DocumentId)
  | ({ readonly kind: "awareness"; readonly name: string } & DocumentId)
  /** Under our prefix, and nothing of ours; or a name that cannot be. */
  | { readonly kind: "invalid"; readonly reason: string }
  /** Not for us. */
  | { readonly kind: "other" };

/** Paths on the Durable Streams server. Segments with a dot cannot be documents, whose paths have none. */
export const YjsStreamPaths = {
  doc: (service: string, docPath: string): string => `${PREFIX}${service}/docs/${docPath}`,
  dsStream: (service: string, docPath: string): string => `${STREAMS}${service}/docs/${docPath}/.updates`,
  indexStream: (service: string, docPath: string): string => `${STREAMS}${service}/docs/${docPath}/.index`,
  /** The key is what an index or a client says: whatever that is, it stays where snapshots are. */
  snapshotStream: (service: string, docPath: string, key: string): string =>
    `${STREAMS}${service}/docs/${docPath}/.snapshots/${encodeURIComponent(key)}`,
  awarenessStream: (service: string, docPath: string, name: string): string =>
    `${STREAMS}${service}/docs/${docPath}/.awareness/${encodeURIComponent(name)}`,
  awarenessIndexStream: (service: string, docPath: string): string =>
    `${STREAMS}${service}/docs/${docPath}/.awareness/.index`,
  snapshotKey: (offset: string): string => `${offset}${SNAPSHOT}`,
  /** The offset up to which a snapshot goes, or null for what names none. */
  parseSnapshotOffset: (key: string): string | null =>
    key.endsWith(SNAPSHOT) && key.length > SNAPSHOT.length ? key.slice(0, -SNAPSHOT.length) : null,
};

/** Held by whoever compacts a document. */
export function claimStream({ service, docPath }: DocumentId): string {
  return `${STREAMS}${service}/docs/${docPath}/.compacting`;
}

/** Whether a value asks for a snapshot by name. */
export function namesSnapshot(offset: string | null): offset is string {
  return offset?.endsWith(SNAPSHOT) ?? false;
}

/**
 * What a path and query are about.
 *
 * @param path as it was sent, percent-encoded
 */
export function routeOf(path: string, query: URLSearchParams): Route {
  if (!path.startsWith(PREFIX)) return { kind: "other" };
  const [, service, sent] = /^\/v1\/yjs\/([^/]+)\/docs\/(.*)$/s.exec(path) ?? [];
  if (service === undefined || sent === undefined) return invalid("Invalid document path");
  if (!isName(service)) return invalid("Invalid service name");
  const docPath = documentPath(sent);
  if (docPath === undefined) return invalid("Invalid document path");
  const name = query.get("awareness");
  if (name === null) return { kind: "document", service, docPath };
  if (!isName(name) || name === ".index") return invalid("Invalid awareness name");
  return { kind: "awareness", service, docPath, name };
}

function invalid(reason: string): Route {
  return { kind: "invalid", reason };
}

/** A name that is one segment of a path, and stays where it is put. */
export function isName(name: string): boolean {
  return NAME.test(name) && name !== "." && name !== "..";
}

function documentPath(sent: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(sent)
      .replaceAll(/\/+/g, "/")
      .replaceAll(/^\/|\/$/g, "");
  } catch {
    return undefined;
  }
  return path.length <= DOCUMENT_LENGTH_MAX && DOCUMENT_CHARACTERS.test(path) ? path : undefined;
}
