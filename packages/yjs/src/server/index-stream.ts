/** The index of a document's snapshots, and that of its awareness streams: JSON streams of entries. */
import { HEADER } from "../core/headers.ts";
import { type DocumentId, YjsStreamPaths } from "./paths.ts";
import { discard, type Upstream } from "./upstream.ts";

/** Says that a snapshot is whole. The last one counts. */
export interface YjsIndexEntry extends Record<string, unknown> {
  /** Up to where it goes. */
  readonly snapshotOffset: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

const JSON_TYPE = "application/json";

/** Pages that an index is read in at most: it is as long as somebody made it. */
const PAGES_MAX = 1_000;

/** The entries of an index, oldest first; none if there is no index. Throws when they cannot be had. */
export async function readIndex(upstream: Upstream, path: string): Promise<Record<string, unknown>[]> {
  const entries: Record<string, unknown>[] = [];
  let offset = "-1";
  for (let page = 0; page < PAGES_MAX; page++) {
    const response = await upstream.send("GET", `${path}?offset=${encodeURIComponent(offset)}`);
    if (response.status === 404 || response.status === 410) {
      await discard(response);
      return [];
    }
    if (!response.ok) throw new Error(`${path} cannot be read: ${(await discard(response)).status}`);
    entries.push(...((await response.json()) as Record<string, unknown>[]));
    offset = response.headers.get(HEADER.streamNextOffset) ?? offset;
    if (response.headers.get(HEADER.streamUpToDate) === "true") break;
  }
  return entries;
}

/** The snapshots of a document, oldest first. */
export async function readSnapshots(
  upstream: Upstream,
  { service, docPath }: DocumentId,
): Promise<YjsIndexEntry[]> {
  const entries = await readIndex(upstream, YjsStreamPaths.indexStream(service, docPath));
  return entries.filter((entry): entry is YjsIndexEntry => typeof entry.snapshotOffset === "string");
}

/** Adds an entry to an index, which is made if it is not there. Throws when it is not stored. */
export async function appendToIndex(
  upstream: Upstream,
  path: string,
  entry: Record<string, unknown>,
): Promise<void> {
  const headers = { [HEADER.contentType]: JSON_TYPE };
  const body = JSON.stringify(entry);
  let response = await discard(await upstream.send("POST", path, { headers, body }));
  if (response.status === 404) {
    await discard(await upstream.send("PUT", path, { headers }));
    response = await discard(await upstream.send("POST", path, { headers, body }));
  }
  if (!response.ok) throw new Error(`${path} cannot be written: ${response.status}`);
}
