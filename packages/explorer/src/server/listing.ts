/** The server's list of streams, an extension (docs/extensions.md). */
import type { ListedPage } from "@perennial/protocol";
import { extensionUrl } from "./address.ts";
import { ask } from "./ask.ts";

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
): Promise<ListedPage> {
  const response = await ask(extensionUrl("streams", { prefix, after, limit }), signal);
  if (!response.ok) throw new Error(`the server does not list its streams (status ${response.status})`);
  return (await response.json()) as ListedPage;
}
