/** What the server remembers of a stream's producers, an extension (docs/extensions.md). */
import { extensionUrl } from "./address.ts";
import { ask } from "./ask.ts";

export interface ListedProducer {
  readonly id: string;
  readonly epoch: number;
  readonly lastSeq: number;
  readonly lastAppendAt: string;
}

export interface ProducersPage {
  readonly producers: readonly ListedProducer[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

/** The most producers that a page can have. */
const PAGE_PRODUCERS = 1000;

/** One page of a stream's producers. Rejects when the server cannot be reached or does not tell. */
export async function listProducers(
  path: string,
  after: string,
  signal: AbortSignal,
): Promise<ProducersPage> {
  const url = extensionUrl("producers", { path, after, limit: PAGE_PRODUCERS });
  const response = await ask(url, signal);
  if (!response.ok) throw new Error(`the server does not tell (status ${response.status})`);
  return (await response.json()) as ProducersPage;
}
