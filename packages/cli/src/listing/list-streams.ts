/** The list of streams, an extension of Perennial's server (docs/extensions.md). */
import { FetchError } from "@perennial/client";
import { CONTROL_SEGMENT, type ListedPage, type ListedStream } from "@perennial/protocol";
import type { Connection } from "../connection/connection.ts";
import { failure } from "../failure.ts";

const PAGE_STREAMS = 1000;

/** All streams whose id begins with `prefix`, sorted, a page at a time. */
export async function* listStreams(
  connection: Connection,
  prefix: string,
): AsyncGenerator<readonly ListedStream[]> {
  let after: string | undefined = "";
  while (after !== undefined) {
    const page: ListedPage = await requestPage(connection, { prefix, after, limit: PAGE_STREAMS });
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
): Promise<ListedPage> {
  const url = new URL(connection.streamUrl(`${CONTROL_SEGMENT}/streams`));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  try {
    return (await (await connection.request("GET", url.href, { whole: true })).json()) as ListedPage;
  } catch (error) {
    if (!(error instanceof FetchError) || error.status !== 404) throw error;
    throw failure("this server does not list streams; that is an extension of Perennial's own server");
  }
}
