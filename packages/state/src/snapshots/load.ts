import { type DurableStream, FetchError, type Offset } from "@perennial/client";
import { MaterializedState } from "../materialize/materialized-state.ts";
import { reportToConsole, type StateErrorHandler, StateStreamError } from "../protocol/errors.ts";
import type { StateEvent } from "../protocol/events.ts";
import {
  type OpenStream,
  openerLike,
  SNAPSHOT_TYPE,
  type SnapshotEntry,
  snapshotIndexUrl,
  snapshotUrl,
} from "./convention.ts";

/** A snapshot that was read. */
export interface Snapshot {
  readonly name: string;
  /** The position in the stream that it belongs to. */
  readonly offset: Offset;
  /** The messages that rebuild the state. */
  readonly events: readonly StateEvent[];
}

/** A snapshot that an index names. */
export interface NamedSnapshot extends SnapshotEntry {
  readonly name: string;
}

/** How to look for snapshots. */
export interface LoadOptions {
  readonly openStream?: OpenStream | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onError: StateErrorHandler;
}

/**
 * The newest snapshot of a stream, as `publishSnapshot()` wrote it; undefined if there is none that can be used.
 *
 * @throws what the signal was aborted with
 */
export function latestSnapshot(
  stream: DurableStream,
  options: Partial<LoadOptions> = {},
): Promise<Snapshot | undefined> {
  return loadLatestSnapshot(stream, { ...options, onError: options.onError ?? reportToConsole });
}

/**
 * The newest usable snapshot of a stream, if there is one. What is wrong with others is reported: a reader without a
 * snapshot is slow, not wrong.
 */
export async function loadLatestSnapshot(
  stream: DurableStream,
  options: LoadOptions,
): Promise<Snapshot | undefined> {
  const open = options.openStream ?? (await openerLike(stream));
  for (const entry of await listSnapshots(stream, open, options)) {
    const url = snapshotUrl(stream.url, entry.name);
    const events = await readAll(open(url), options);
    if (events?.length === entry.messages) return { name: entry.name, offset: entry.offset, events };
    options.onError(unusable(`the snapshot ${url} is ${events === undefined ? "gone" : "not complete"}`));
  }
  return undefined;
}

/** The snapshots that a stream's index names, newest first. */
export async function listSnapshots(
  stream: DurableStream,
  open: OpenStream,
  options: LoadOptions,
): Promise<NamedSnapshot[]> {
  const events = await readAll(open(snapshotIndexUrl(stream.url)), options);
  if (events === undefined) return [];
  const index = new MaterializedState({ onError: options.onError });
  index.applyBatch(events);
  return [...index.getType(SNAPSHOT_TYPE)]
    .filter((entry): entry is [string, SnapshotEntry] => isEntry(entry[1]))
    .map(([name, entry]) => ({ ...entry, name }))
    .sort((a, b) => (a.offset < b.offset ? 1 : -1));
}

/** All messages of a stream; undefined if there is none, or none to be had. */
async function readAll(stream: DurableStream, options: LoadOptions): Promise<StateEvent[] | undefined> {
  try {
    const response = await stream.stream<StateEvent>({ live: false, json: true, signal: options.signal });
    return await response.json();
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    if (cause instanceof FetchError && cause.status === 404) return undefined;
    options.onError(unusable(`${stream.url} cannot be read`, cause));
    return undefined;
  }
}

function isEntry(value: unknown): value is SnapshotEntry {
  if (typeof value !== "object" || value === null) return false;
  const { offset, messages } = value as Record<string, unknown>;
  return typeof offset === "string" && typeof messages === "number";
}

function unusable(message: string, cause?: unknown): StateStreamError {
  return new StateStreamError({ code: "SNAPSHOT_UNUSABLE", message }, { cause });
}
