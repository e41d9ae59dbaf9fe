/**
 * The archived bytes of streams. A chunk's value is the position of the append that its first byte belongs to
 * (u64), then the bytes. For most chunks that position is their own: they begin where an append begins. Only an
 * append longer than a chunk is cut, and the later pieces of it say where it began.
 *
 * A checkpoint that was interrupted may have left chunks beyond its stream's archived tail. They are right as
 * far as they go, since stored bytes never change, and are covered or overwritten by the next checkpoint; so
 * chunks may overlap, and each holds the truth.
 */
import { READ_CHUNK_BYTES } from "../../contract/index.ts";
import type { Arena } from "../codec/arena.ts";
import { blockOf, getU64, setU64 } from "../codec/bytes.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { chunkKey, numberOfKey } from "./keys.ts";

const HEADER_BYTES = 8;

/** The value of a chunk: room for `length` bytes after the header. */
export function allocateChunk(arena: Arena, appendStart: number, length: number): Uint8Array {
  const size = HEADER_BYTES + length;
  setU64(arena.reserve(size).view, arena.at, appendStart);
  return arena.take(size);
}

/** The bytes of a chunk's value, not copied. */
export function chunkBytes(value: Uint8Array): Uint8Array {
  return value.subarray(HEADER_BYTES);
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
  return position < start + entry.value.length - HEADER_BYTES ? { start, value: entry.value } : undefined;
}

/**
 * A copy of archived bytes `[from, to)`, at least one and at most `READ_CHUNK_BYTES` of them; undefined when the
 * archive has no byte at `from`. The copy is in `memory`, if that is given.
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
    const chunk = chunkAt(store, id, from + copied);
    if (chunk === undefined) break;
    const rest = chunkBytes(chunk.value).subarray(from + copied - chunk.start);
    // A read that is not the last ends where a chunk does: the next one then finds its chunk at once.
    if (copied > 0 && copied + rest.length > wanted && from + wanted < to) break;
    const piece = rest.subarray(0, wanted - copied);
    copy.set(piece, copied);
    copied += piece.length;
  }
  return copied === 0 ? undefined : copy.subarray(0, copied);
}

/** The nearest known start of an append at or before an archived byte; undefined when the archive has no such byte. */
export function archivedBoundary(store: ArchiveStore, id: number, position: number): number | undefined {
  const chunk = chunkAt(store, id, position);
  return chunk === undefined ? undefined : chunkAppendStart(chunk.value);
}
