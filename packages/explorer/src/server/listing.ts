/** The server's list of streams, an extension (docs/extensions.md). */
import { extensionUrl } from "./address.ts";

/** A stream as the list describes it. */
export interface ListedStream {
  /** Canonical, percent-encoded, relative to the stream root. */
  readonly path: string;
  readonly contentType: string;
  /** The tail. */
  readonly offset: string;
  /** Stored bytes, inherited ones included. */
  readonly size: number;
  readonly closed: boolean;
  readonly createdAt: string;
  readonly lastAppendAt: string;
  readonly ttlSeconds?: number;
  readonly expiresAt?: string;
  readonly forkedFrom?: { readonly path: string; readonly offset: string };
}

export interface ListPage {
  readonly streams: readonly ListedStream[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

export interface ListQuery {
  readonly prefix?: string;
  readonly after?: string;
  /** 1 to 1000. */
  readonly limit: number;
}

/** The most streams that a page can have. */
export const PAGE_STREAMS = 1000;

/** One page of the list. Rejects when the server cannot be reached or has no list. */
export async function listStreams(
  { prefix = "", after = "", limit }: ListQuery,
  signal?: AbortSignal,
): Promise<ListPage> {
  const response = await fetch(extensionUrl("streams", { prefix, after, limit }), {
    ...(signal !== undefined && { signal }),
    cache: "no-store",
  });
  if (!response.ok) throw new Error(`the server does not list its streams (status ${response.status})`);
  return (await response.json()) as ListPage;
}

/** What the list says about one stream; undefined when there is none of this path. */
export async function findStream(path: string, signal?: AbortSignal): Promise<ListedStream | undefined> {
  const { streams } = await listStreams({ prefix: path, limit: 1 }, signal);
  return streams.find((stream) => stream.path === path);
}
