import type { DurableStream } from "@perennial/client";
import { openerLike, snapshotUrl } from "./convention.ts";
import { type MaterializeOptions, materialize } from "./materialize.ts";
import { type PublishedSnapshot, publishSnapshot } from "./publish.ts";

/** Options of `compact()`. */
export interface CompactOptions extends MaterializeOptions {
  /** How many snapshots to keep, at least 1; older ones are deleted. Default 2, for readers that just chose one. */
  keep?: number | undefined;
}

/** A snapshot that is in place. */
export interface CompactResult extends PublishedSnapshot {
  /** Whether it was written now; false if the stream has not grown since the last one. */
  readonly written: boolean;
}

/**
 * Writes a snapshot of a stream's state beside the stream, which itself is only read: writers and readers need not know.
 * Any number of compactors may run at once; whatever is interrupted leaves nothing that a reader would use.
 * `docs/state-snapshots.md` has the convention.
 *
 * @throws FetchError and others, as reading and appending do
 * @example
 * ```ts
 * import { DurableStream } from "@perennial/client";
 * import { compact } from "@perennial/state";
 * const { offset } = await compact(new DurableStream({ url: "https://example.com/streams/board" }));
 * console.log("new readers start at", offset);
 * ```
 */
export async function compact(stream: DurableStream, options: CompactOptions = {}): Promise<CompactResult> {
  const openStream = options.openStream ?? (await openerLike(stream));
  const { state, offset, snapshot } = await materialize(stream, { ...options, openStream });
  if (snapshot?.offset === offset) {
    return { offset, url: snapshotUrl(stream.url, snapshot.name), written: false };
  }
  const published = await publishSnapshot(stream, state.events(offset), offset, { ...options, openStream });
  return { ...published, written: true };
}
