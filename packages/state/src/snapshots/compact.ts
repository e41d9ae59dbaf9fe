import { type DurableStream, DurableStreamError, type Offset, StreamClosedError } from "@perennial/client";
import { appendEvents, appendTexts } from "../append-events.ts";
import { reportToConsole } from "../protocol/errors.ts";
import { chunksOf, digestOf } from "./chunks.ts";
import { type OpenStream, openerLike, SNAPSHOT_TYPE, snapshotIndexUrl, snapshotUrl } from "./convention.ts";
import { deleteStream } from "./delete-snapshots.ts";
import { listSnapshots } from "./load.ts";
import { type MaterializeOptions, materialize } from "./materialize.ts";

/** Options of `compact()`. */
export interface CompactOptions extends MaterializeOptions {
  /** How many snapshots to keep, at least 1; older ones are deleted. Default 2, for readers that just chose one. */
  keep?: number | undefined;
}

/** A snapshot that is in place. */
export interface CompactResult {
  /** From here a reader that has loaded the snapshot goes on. */
  readonly offset: Offset;
  /** The snapshot's address. */
  readonly url: string;
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
  const chunks = chunksOf(state.events(offset));
  // Named by its content: two compactors either write the same stream, request by request, or two different ones.
  const name = `${offset}-${await digestOf(chunks)}`;
  const url = snapshotUrl(stream.url, name);
  await write(openStream(url), name, chunks, options.signal);
  const messages = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const index = openStream(snapshotIndexUrl(stream.url));
  await announce(index, name, { offset, messages }, options.signal);
  await prune(stream, index, openStream, options);
  return { offset, url, written: true };
}

/** Writes the chunks, each once, whoever else writes the same. */
async function write(
  snapshot: DurableStream,
  name: string,
  chunks: readonly (readonly string[])[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await createUnlessThere(snapshot);
  try {
    for (const [producerSeq, chunk] of chunks.entries()) {
      await appendTexts(snapshot, chunk, { producerId: name, producerEpoch: 0, producerSeq, signal });
    }
    await snapshot.close({ signal });
  } catch (error) {
    // Closed means complete: another compactor was faster with the same content.
    if (!(error instanceof StreamClosedError)) throw error;
  }
}

/** Makes a complete snapshot known, once. */
async function announce(
  index: DurableStream,
  name: string,
  value: { readonly offset: Offset; readonly messages: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  await createUnlessThere(index);
  const entry = { type: SNAPSHOT_TYPE, key: name, value, headers: { operation: "insert" as const } };
  await appendEvents(index, [entry], { producerId: name, producerEpoch: 0, producerSeq: 0, signal });
}

/** Deletes all but the newest snapshots: first from the index, so that nobody is sent to one that is gone. */
async function prune(
  stream: DurableStream,
  index: DurableStream,
  openStream: OpenStream,
  { keep = 2, signal, onError = reportToConsole }: CompactOptions,
): Promise<void> {
  const snapshots = await listSnapshots(stream, openStream, { signal, onError });
  for (const { name } of snapshots.slice(Math.max(1, keep))) {
    await appendEvents(index, [{ type: SNAPSHOT_TYPE, key: name, headers: { operation: "delete" } }], {
      signal,
    });
    await deleteStream(openStream(snapshotUrl(stream.url, name)), signal);
  }
}

async function createUnlessThere(stream: DurableStream): Promise<void> {
  try {
    await stream.create({ contentType: "application/json" });
  } catch (error) {
    // It exists with another configuration: it is closed already.
    if (!(error instanceof DurableStreamError && error.code === "CONFLICT_EXISTS")) throw error;
  }
}
