/** Brings the archive of a backup to the state of a snapshot. What it has already is not written again. */
import type { ArchiveStore, Change, Entry } from "../archive/archive-store.ts";
import { ALL_KEYS, successor } from "../archive/keys.ts";
import { damageOf, unsealed } from "../archive/sealed-store.ts";
import type { Pace } from "./pace.ts";

/** Entries in one step, each of up to some 64 KiB. */
const ENTRIES_PER_STEP = 64;

/** The archive as it is at one moment, until it is closed. */
export interface ArchiveView {
  /** Entries with keys in `[from, to)`, ascending, at most `limit`. */
  entries(from: Uint8Array, to: Uint8Array, limit: number): Entry[];
  close(): Promise<void>;
}

export interface CopiedArchive {
  readonly entries: number;
  readonly bytes: number;
  /** Bytes that the backup lacked. */
  readonly bytesWritten: number;
  /** Entries that are damaged in the archive; they are copied as they are. */
  readonly damages: readonly string[];
}

/**
 * @param pace how fast the archive is read
 * @param onProgress told the bytes copied so far
 */
export async function copyArchive(
  from: ArchiveView,
  to: ArchiveStore,
  pace: Pace,
  onProgress: (bytes: number) => void,
): Promise<CopiedArchive> {
  const copied = { entries: 0, bytes: 0, bytesWritten: 0, damages: [] as string[] };
  let [start, end] = ALL_KEYS;
  for (;;) {
    const entries = from.entries(start, end, ENTRIES_PER_STEP);
    const last = entries.at(-1);
    const next = last === undefined ? end : successor(last.key);
    const changes = differences(entries, entriesOf(to, start, next));
    if (changes.length > 0) await to.write(changes);
    for (const { value } of changes) copied.bytesWritten += value?.length ?? 0;
    for (const { key, value } of entries) {
      copied.entries += 1;
      copied.bytes += value.length;
      if (unsealed(key, value) === undefined) copied.damages.push(damageOf(key).message);
    }
    onProgress(copied.bytes);
    if (last === undefined) return copied;
    start = next;
    await pace.reach(copied.bytes);
  }
}

function entriesOf(store: ArchiveStore, from: Uint8Array, to: Uint8Array): Entry[] {
  const all: Entry[] = [];
  for (let start = from; ; ) {
    const entries = store.entries(start, to, ENTRIES_PER_STEP);
    all.push(...entries);
    const last = entries.at(-1);
    if (last === undefined) return all;
    start = successor(last.key);
  }
}

/** What makes the found entries the wanted ones. Both are sorted. */
function differences(wanted: readonly Entry[], found: readonly Entry[]): Change[] {
  const nameOf = (key: Uint8Array) => Buffer.from(key).toString("latin1");
  const there = new Map(found.map(({ key, value }) => [nameOf(key), value]));
  const changes: Change[] = [];
  for (const { key, value } of wanted) {
    const old = there.get(nameOf(key));
    there.delete(nameOf(key));
    if (old === undefined || Buffer.compare(old, value) !== 0) changes.push({ key, value });
  }
  for (const { key } of found) if (there.has(nameOf(key))) changes.push({ key, value: undefined });
  return changes;
}
