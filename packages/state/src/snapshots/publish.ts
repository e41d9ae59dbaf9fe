import { type DurableStream, DurableStreamError, type Offset, StreamClosedError } from "@perennial/client";
import { appendEvents, appendTexts } from "../append-events.ts";
import { reportToConsole, type StateErrorHandler } from "../protocol/errors.ts";
import type { StateEvent } from "../protocol/events.ts";
import { chunksOf, digestOf } from "./chunks.ts";
import { type OpenStream, openerLike, SNAPSHOT_TYPE, snapshotIndexUrl, snapshotUrl } from "./convention.ts";
import { deleteStream } from "./delete-snapshots.ts";
import { listSnapshots } from "./load.ts";

/** Options of `publishSnapshot()`. */
export interface PublishOptions {
  /** Opens the streams with the snapshots. Default: with the headers of the stream's handle. */
  openStream?: OpenStream | undefined;
  /** Gives up. */
  signal?: AbortSignal | undefined;
  /** Told of snapshots that are not what they should be. Default: `console.error`. */
  onError?: StateErrorHandler | undefined;
  /** How many snapshots to keep, at least 1; older ones are deleted. Default 2, for readers that just chose one. */
  keep?: number | undefined;
}

/** A snapshot that is in place. */
export interface PublishedSnapshot {
  /** From here a reader that has loaded the snapshot goes on. */
  readonly offset: Offset;
  /** The snapshot's address. */
  readonly url: string;
}

/**
 * Writes a snapshot beside a stream: events that rebuild what the stream held up to an offset. Any number of writers may do so
 * at once; whatever is interrupted leaves nothing that a reader would use. `docs/state-snapshots.md` has the convention.
 *
 * @throws FetchError and others, as appending does
 */
export async function publishSnapshot(
  stream: DurableStream,
  events: Iterable<StateEvent>,
  offset: Offset,
  options: PublishOptions = {},
): Promise<PublishedSnapshot> {
  const openStream = options.openStream ?? (await openerLike(stream));
  const chunks = chunksOf(events);
  // Named by its content: two writers either write the same stream, request by request, or two different ones.
  const name = `${offset}-${await digestOf(chunks)}`;
  const url = snapshotUrl(stream.url, name);
  await write(openStream(url), name, chunks, options.signal);
  const messages = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const index = openStream(snapshotIndexUrl(stream.url));
  await announce(index, name, { offset, messages }, options.signal);
  await prune(stream, index, openStream, options);
  return { offset, url };
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
  { keep = 2, signal, onError = reportToConsole }: PublishOptions,
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
