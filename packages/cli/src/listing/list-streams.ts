/** The list of streams, an extension of Perennial's server (docs/extensions.md). */
import { FetchError } from "@perennial/client";
import { CONTROL_SEGMENT } from "@perennial/protocol";
import type { Connection } from "../connection/connection.ts";
import { failure } from "../failure.ts";

/** A stream as the list describes it. */
export interface ListedStream {
  /** Its id: the path below the stream root. */
  readonly path: string;
  readonly contentType: string;
  readonly offset: string;
  /** Bytes. */
  readonly size: number;
  readonly closed: boolean;
  readonly createdAt: string;
  readonly lastAppendAt: string;
  readonly ttlSeconds?: number;
  readonly expiresAt?: string;
  readonly forkedFrom?: { readonly path: string; readonly offset: string };
}

interface Page {
  readonly streams: readonly ListedStream[];
  readonly next?: string;
}

const PAGE_STREAMS = 1000;

/** All streams whose id begins with `prefix`, sorted, a page at a time. */
export async function* listStreams(
  connection: Connection,
  prefix: string,
): AsyncGenerator<readonly ListedStream[]> {
  let after: string | undefined = "";
  while (after !== undefined) {
    const page: Page = await requestPage(connection, { prefix, after, limit: PAGE_STREAMS });
    yield page.streams;
    after = page.next;
  }
}

/** What the list says about one stream; undefined if it does not, or the server has no list. */
export async function findListed(connection: Connection, id: string): Promise<ListedStream | undefined> {
  try {
    const { streams } = await requestPage(connection, { prefix: id, after: "", limit: 1 });
    return streams.find(({ path }) => path === id);
  } catch {
    return undefined;
  }
}

async function requestPage(
  connection: Connection,
  query: { readonly prefix: string; readonly after: string; readonly limit: number },
): Promise<Page> {
  const url = new URL(connection.streamUrl(`${CONTROL_SEGMENT}/streams`));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  try {
    return (await (await connection.request("GET", url.href)).json()) as Page;
  } catch (error) {
    if (!(error instanceof FetchError) || error.status !== 404) throw error;
    throw failure("this server does not list streams; that is an extension of Perennial's own server");
  }
}
