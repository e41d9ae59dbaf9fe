/**
 * Verifies a data directory that no server has open: every checksum of the log after the last checkpoint, and
 * that the archive agrees with itself. Changes nothing.
 */

import { ownStart, type StreamState } from "../../stream/state.ts";
import { DamagedData } from "../contract/index.ts";
import type { ArchiveStore, Entry } from "./archive/archive-store.ts";
import { chunkAppendStart, chunkBytes } from "./archive/chunks.ts";
import {
  ALL_KEYS,
  chunkKey,
  deadlineKey,
  numberOfKey,
  pathKey,
  STORE_KEY,
  STREAM_RANGE,
  streamKey,
  successor,
} from "./archive/keys.ts";
import { decodeNumber, decodeRowHeader, decodeState, decodeStoreRow } from "./archive/rows.ts";
import { damageOf, LenientStore, unsealed } from "./archive/sealed-store.ts";
import { decodeRecord } from "./codec/record-codec.ts";
import type { CorruptLog } from "./corrupt-log.ts";
import type { Disk } from "./disk.ts";
import { readMark } from "./durable-mark.ts";
import { judgeMark } from "./judge-mark.ts";
import { beginningOf, walkLog } from "./recovery.ts";
import { SLAB_BYTES, Slabs } from "./slabs.ts";

/** What a check found. */
export interface CheckReport {
  /** Streams in the archive. */
  readonly streams: number;
  /** Bytes of streams in the archive. */
  readonly archivedBytes: number;
  /** Records in the log that are not archived yet. */
  readonly records: number;
  /** Bytes of the log that were read. */
  readonly logBytes: number;
  /** Whether the log ends in a record that a crash cut off. That is no damage. */
  readonly tornTail: boolean;
  /** What is wrong, in words; empty when all is well. At most 100, the rest is only counted. */
  readonly problems: readonly string[];
  readonly problemCount: number;
}

/** Told how far the check is: streams looked at, of how many. */
export type CheckProgress = (done: number, total: number) => void;

const STREAMS_PER_STEP = 200;
const ENTRIES_PER_STEP = 64;
const PROBLEMS_TOLD = 100;

/** Checks a directory's log and archive. Rejects only when they cannot be read at all. */
export async function checkStore(
  disk: Disk,
  store: ArchiveStore,
  progress: CheckProgress,
): Promise<CheckReport> {
  const check = new Check(store);
  await check.seals();
  const log = await check.log(disk);
  await check.archive(progress);
  return { ...log, ...check.result() };
}

class Check {
  readonly #stored: ArchiveStore;
  readonly #store: ArchiveStore;
  readonly #problems: string[] = [];
  #problemCount = 0;
  #streams = 0;
  #archivedBytes = 0;
  /** By source: forks found in the archive, and what its state says. */
  readonly #forks = new Map<number, number>();
  readonly #references = new Map<number, number>();
  #records = 0;

  constructor(store: ArchiveStore) {
    this.#stored = store;
    // Every damaged entry is told by `seals`.
    this.#store = new LenientStore(
      store,
      () => {},
      () => performance.now(),
    );
  }

  /** Every entry of the archive must be what was written. */
  async seals(): Promise<void> {
    let [from, end] = ALL_KEYS;
    for (;;) {
      const entries = this.#entries(this.#stored, from, end, ENTRIES_PER_STEP);
      for (const { key, value } of entries)
        if (unsealed(key, value) === undefined) this.#problem(damageOf(key).message);
      const last = entries.at(-1);
      if (last === undefined) break;
      from = successor(last.key);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** None where the store itself is damaged, which is told. */
  #entries(store: ArchiveStore, from: Uint8Array, to: Uint8Array, limit: number): Entry[] {
    try {
      return store.entries(from, to, limit);
    } catch (error) {
      if (!(error instanceof DamagedData)) throw error;
      this.#problem(error.message);
      return [];
    }
  }

  result(): Pick<CheckReport, "streams" | "archivedBytes" | "problems" | "problemCount"> {
    const problems = this.#problems;
    return {
      streams: this.#streams,
      archivedBytes: this.#archivedBytes,
      problems,
      problemCount: this.#problemCount,
    };
  }

  #problem(what: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < PROBLEMS_TOLD) this.#problems.push(what);
  }

  async log(disk: Disk): Promise<Pick<CheckReport, "records" | "logBytes" | "tornTail">> {
    const stored = this.#store.get(STORE_KEY);
    const { logPosition, term } =
      stored === undefined
        ? { logPosition: (await beginningOf(disk)) ?? 0, term: 0 }
        : decodeStoreRow(stored);
    const slabs = new Slabs(logPosition, SLAB_BYTES);
    let isLost = false;
    const visitor = {
      onFrame: (slab: Parameters<typeof decodeRecord>[0], at: number) => {
        decodeRecord(slab, at);
      },
      onPause: async () => slabs.dropBefore(slabs.end),
      // The first loss explains those after it.
      onLoss: (error: CorruptLog) => {
        if (!isLost) this.#problem(error.message);
        isLost = true;
      },
    };
    const mark = judgeMark(await readMark(disk), logPosition, stored === undefined, visitor);
    const { records, bytes, tornTail } = await walkLog(disk, slabs, term, mark, visitor);
    this.#records = records;
    return { records, logBytes: bytes, tornTail };
  }

  async archive(progress: CheckProgress): Promise<void> {
    const stored = this.#store.get(STORE_KEY);
    if (stored === undefined) return;
    const { streams: total, lastId } = decodeStoreRow(stored);
    let [from, end] = STREAM_RANGE;
    for (;;) {
      const rows = this.#entries(this.#store, from, end, STREAMS_PER_STEP);
      for (const { key, value } of rows) this.#stream(numberOfKey(key, 0), value, lastId);
      progress(this.#streams, Math.max(total, this.#streams));
      const last = rows.at(-1);
      if (last === undefined) break;
      from = successor(last.key);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#streams !== total)
      this.#problem(`the archive counts ${total} streams, but holds ${this.#streams}`);
    // With records to be replayed, the rows are of different moments, and need not agree with each other yet.
    if (this.#records === 0) this.#checkReferences();
  }

  #stream(id: number, row: Uint8Array, lastId: number): void {
    this.#streams += 1;
    let state: StreamState;
    try {
      state = decodeState(this.#store, row);
    } catch (error) {
      this.#problem(`stream ${id}: its row cannot be read (${(error as Error).message})`);
      return;
    }
    const name = `stream ${id} (${state.path})`;
    if (state.id !== id) this.#problem(`${name}: its row says it is stream ${state.id}`);
    if (id > lastId && this.#records === 0)
      this.#problem(`${name}: the highest id in use should be ${lastId}`);
    const named = this.#store.get(pathKey(state.path));
    if (named === undefined) this.#problem(`${name}: its path leads nowhere`);
    else if (decodeNumber(named) !== id)
      this.#problem(`${name}: its path leads to stream ${decodeNumber(named)}`);
    const { deadline } = decodeRowHeader(row);
    if (deadline !== undefined && this.#store.get(deadlineKey(deadline, id)) === undefined) {
      this.#problem(`${name}: it is missing among the deadlines`);
    }
    if (state.fork !== undefined) {
      const { sourceId } = state.fork;
      this.#forks.set(sourceId, (this.#forks.get(sourceId) ?? 0) + 1);
    }
    if (state.references > 0) this.#references.set(id, state.references);
    this.#producers(name, state);
    this.#chunks(name, state);
  }

  /** All producers must be there that the row counts. */
  #producers(name: string, { producers }: StreamState): void {
    if (!producers?.isDivided) return;
    try {
      const found = [...producers].length;
      if (found !== producers.size)
        this.#problem(`${name}: its row counts ${producers.size} producers, but there are ${found}`);
    } catch (error) {
      this.#problem(`${name}: its producers cannot be read (${(error as Error).message})`);
    }
  }

  /** The chunks must cover the stream's own range without a gap. */
  #chunks(name: string, state: StreamState): void {
    let position = ownStart(state);
    for (let from = chunkKey(state.id, 0); ; ) {
      const [entry] = this.#entries(this.#store, from, chunkKey(state.id + 1, 0), 1);
      if (entry === undefined) break;
      const start = numberOfKey(entry.key, 1);
      if (start > position) break;
      if (chunkAppendStart(entry.value) > start)
        this.#problem(`${name}: the chunk at ${start} begins after itself`);
      position = Math.max(position, start + chunkBytes(entry.value).length);
      from = successor(entry.key);
    }
    this.#archivedBytes += state.tail - ownStart(state);
    if (position < state.tail) this.#problem(`${name}: bytes from ${position} to ${state.tail} are missing`);
  }

  #checkReferences(): void {
    for (const id of new Set([...this.#forks.keys(), ...this.#references.keys()])) {
      const forks = this.#forks.get(id) ?? 0;
      const references = this.#references.get(id) ?? 0;
      if (this.#store.get(streamKey(id)) === undefined)
        this.#problem(`stream ${id} is gone, but has ${forks} forks`);
      else if (forks !== references)
        this.#problem(`stream ${id} counts ${references} forks, but has ${forks}`);
    }
  }
}
