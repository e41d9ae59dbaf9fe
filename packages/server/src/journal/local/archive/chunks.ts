/**
 * The archived bytes of streams. A chunk's value is the position of the append that its first byte belongs to
 * (u64), where other appends begin (their distances, a varint each, after the length of them all as u32), then the
 * bytes. For most chunks that position is their own: they begin where an append begins. Only an append longer than a chunk
 * is cut, and the later pieces of it say where it began.
 *
 * A checkpoint that was interrupted may have left chunks beyond its stream's archived tail. They are right as
 * far as they go, since stored bytes never change, and are covered or overwritten by the next checkpoint; so
 * chunks may overlap, and each holds the truth.
 */
import { DamagedData, READ_CHUNK_BYTES } from "../../contract/index.ts";
import type { Arena } from "../codec/arena.ts";
import { blockOf, getU64, setU64 } from "../codec/bytes.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { chunkKey, numberOfKey } from "./keys.ts";

const STARTS_AT = 12;

/**
 * The value of a chunk: room for `length` bytes after the header.
 *
 * @param appendStart position of the append to which the first byte belongs
 * @param starts where other appends begin within the chunk, from its first byte, ascending
 */
export function allocateChunk(
  arena: Arena,
  appendStart: number,
  starts: readonly number[],
  length: number,
): Uint8Array {
  const distances = encodeDistances(starts);
  const size = STARTS_AT + distances.length + length;
  const { view, bytes } = arena.reserve(size);
  setU64(view, arena.at, appendStart);
  view.setUint32(arena.at + 8, distances.length, true);
  bytes.set(distances, arena.at + STARTS_AT);
  return arena.take(size);
}

function encodeDistances(starts: readonly number[]): number[] {
  const distances: number[] = [];
  let from = 0;
  for (const start of starts) {
    let rest = start - from;
    for (; rest >= 0x80; rest >>>= 7) distances.push((rest & 0x7f) | 0x80);
    distances.push(rest);
    from = start;
  }
  return distances;
}

/** Where other appends begin within a chunk, from its first byte, ascending. */
export function* chunkStarts(value: Uint8Array): Generator<number> {
  const end = bytesAt(value);
  let start = 0;
  for (let at = STARTS_AT; at < end; ) {
    let shift = 0;
    for (; value[at]! >= 0x80; shift += 7) start += (value[at++]! & 0x7f) << shift;
    start += value[at++]! << shift;
    yield start;
  }
}

/** Where the bytes begin. */
function bytesAt(value: Uint8Array): number {
  return STARTS_AT + blockOf(value).view.getUint32(8, true);
}

/** The bytes of a chunk's value, not copied. */
export function chunkBytes(value: Uint8Array): Uint8Array {
  return value.subarray(bytesAt(value));
}

/** Where the append begins to which the chunk's first byte belongs. */
export function chunkAppendStart(value: Uint8Array): number {
  return getU64(blockOf(value).view, 0);
}

interface Chunk {
  readonly start: number;
  /** Valid until the store is used again. */
  readonly value: Uint8Array;
}

/** The chunk that holds the byte at `position`; undefined when none does. */
function chunkAt(store: ArchiveStore, id: number, position: number): Chunk | undefined {
  const exact = store.get(chunkKey(id, position));
  if (exact !== undefined) return { start: position, value: exact };
  const entry = store.last(chunkKey(id, 0), chunkKey(id, position));
  if (entry === undefined) return undefined;
  const start = numberOfKey(entry.key, 1);
  return position < start + chunkBytes(entry.value).length ? { start, value: entry.value } : undefined;
}

/** The same, but undefined also when it is damaged, which was told already. */
function intactChunkAt(store: ArchiveStore, id: number, position: number): Chunk | undefined {
  try {
    return chunkAt(store, id, position);
  } catch (error) {
    if (error instanceof DamagedData) return undefined;
    throw error;
  }
}

/**
 * A copy of archived bytes `[from, to)`, at least one and at most `READ_CHUNK_BYTES` of them; undefined when the
 * archive has no byte at `from`. It ends before bytes that are damaged, unless it would begin with them. The copy is in
 * `memory`, if that is given.
 */
export function readArchived(
  store: ArchiveStore,
  id: number,
  from: number,
  to: number,
  memory?: Uint8Array,
): Uint8Array | undefined {
  const wanted = Math.min(to - from, READ_CHUNK_BYTES);
  const copy = memory?.subarray(0, wanted) ?? Buffer.allocUnsafe(wanted);
  let copied = 0;
  while (copied < wanted) {
    const at = from + copied;
    const chunk = copied === 0 ? chunkAt(store, id, at) : intactChunkAt(store, id, at);
    if (chunk === undefined) break;
    const rest = chunkBytes(chunk.value).subarray(at - chunk.start);
    // A read that is not the last ends where a chunk does: the next one then finds its chunk at once.
    if (copied > 0 && copied + rest.length > wanted && from + wanted < to) break;
    const piece = rest.subarray(0, wanted - copied);
    // Or it would be read for ever.
    if (piece.length === 0)
      throw new DamagedData(`the chunk of stream ${id} at position ${chunk.start} is empty`);
    copy.set(piece, copied);
    copied += piece.length;
  }
  return copied === 0 ? undefined : copy.subarray(0, copied);
}

/** Where the append of an archived byte begins; undefined when the archive has no such byte. */
export function archivedBoundary(store: ArchiveStore, id: number, position: number): number | undefined {
  const chunk = chunkAt(store, id, position);
  if (chunk === undefined) return undefined;
  let found = chunkAppendStart(chunk.value);
  for (const start of chunkStarts(chunk.value)) {
    if (chunk.start + start > position) break;
    found = chunk.start + start;
  }
  return found;
}
