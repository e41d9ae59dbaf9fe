/** The server's list of streams, an extension (docs/extensions.md). */
import type { ListedChanges, ListedPage } from "@perennial/protocol";
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

/**
 * What changed in the list since a cursor; without one, the cursor to begin with. Rejects when the server cannot be reached.
 *
 * @returns undefined if the server does not tell
 */
export async function listChanges(since: string | undefined): Promise<ListedChanges | undefined> {
  const response = await ask(
    extensionUrl("changes", { ...(since !== undefined && { since }), limit: PAGE_STREAMS }),
  );
  // An older server takes it for a stream's path that is none, one with tokens for what this one may not see.
  if (response.status >= 400 && response.status < 500) return undefined;
  if (!response.ok) throw new Error(`the server does not tell what changes (status ${response.status})`);
  return (await response.json()) as ListedChanges;
}
