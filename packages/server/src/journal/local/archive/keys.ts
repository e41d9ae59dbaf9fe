/**
 * The keys of the archive. The first byte is the kind; numbers are big-endian, so that their order is the order
 * of the keys.
 *
 *     1                       store: format, positions, counts (`rows.ts`)
 *     2  id                   stream: its state (`rows.ts`)
 *     3  path                 id of the newest stream of that path
 *     4  id  position         chunk: bytes of the stream from that position on (`chunks.ts`)
 *     5  deadline  id         empty: the stream's recorded end of life, epoch milliseconds
 *     6  id                   removed stream: the log position up to which it is known to be gone
 *     7  id  part             producers of the stream, where it has many (`producer-pages.ts`)
 */
import { PATH_BYTES_MAX } from "../../../stream/paths.ts";

const STREAM = 2;
const PATH = 3;
const CHUNK = 4;
const DEADLINE = 5;
const REMOVED = 6;
const PRODUCERS = 7;

export const STORE_KEY: Uint8Array = Uint8Array.of(1);

/** The row of a stream. */
export function streamKey(id: number): Uint8Array {
  return numbersKey(STREAM, id);
}

/** The note that a stream is gone. */
export function removedKey(id: number): Uint8Array {
  return numbersKey(REMOVED, id);
}

/** All notes of removed streams, as a range. */
export const REMOVED_RANGE: readonly [Uint8Array, Uint8Array] = [
  Uint8Array.of(REMOVED),
  Uint8Array.of(REMOVED + 1),
];

/** All rows of streams, as a range. */
export const STREAM_RANGE: readonly [Uint8Array, Uint8Array] = [
  Uint8Array.of(STREAM),
  Uint8Array.of(STREAM + 1),
];

/** All chunks, as a range. */
export const CHUNK_RANGE: readonly [Uint8Array, Uint8Array] = [
  Uint8Array.of(CHUNK),
  Uint8Array.of(CHUNK + 1),
];

/** All keys, as a range. */
export const ALL_KEYS: readonly [Uint8Array, Uint8Array] = [Uint8Array.of(0), Uint8Array.of(0xff)];

/** Whether it is the key of a chunk. */
export function isChunkKey(key: Uint8Array): boolean {
  return key[0] === CHUNK;
}

/** Says in words what lies under a key. */
export function describeKey(key: Uint8Array): string {
  switch (key[0]) {
    case STORE_KEY[0]:
      return "the archive's own row";
    case STREAM:
      return `the row of stream ${numberOfKey(key, 0)}`;
    case PATH:
      return `the entry of the path ${JSON.stringify(Buffer.from(key.subarray(1)).toString())}`;
    case CHUNK:
      return `the chunk of stream ${numberOfKey(key, 0)} at position ${numberOfKey(key, 1)}`;
    case DEADLINE:
      return `the deadline of stream ${numberOfKey(key, 1)}`;
    case PRODUCERS:
      return `part ${numberOfKey(key, 1)} of the producers of stream ${numberOfKey(key, 0)}`;
    case REMOVED:
      return `the note that stream ${numberOfKey(key, 0)} is gone`;
    default:
      return `an entry of a kind that does not exist (${key[0]})`;
  }
}

/** The chunk of a stream that begins at `position`. */
export function chunkKey(id: number, position: number): Uint8Array {
  return numbersKey(CHUNK, id, position);
}

/** A part of the producers of a stream. */
export function producersKey(id: number, part: number): Uint8Array {
  return numbersKey(PRODUCERS, id, part);
}

/** A stream's place among the deadlines. Moments before 1970 are as good as 1970. */
export function deadlineKey(deadlineMs: number, id: number): Uint8Array {
  return numbersKey(DEADLINE, Math.max(0, Math.floor(deadlineMs)), id);
}

/** The key of a path. In the order of their keys, paths are in the order of `comparePaths`. */
export function pathKey(path: string): Uint8Array {
  const bytes = Buffer.from(path);
  if (bytes.length > PATH_BYTES_MAX) throw new RangeError(`no key holds a path of ${bytes.length} bytes`);
  return Buffer.concat([Uint8Array.of(PATH), bytes]);
}

/** The path of such a key. */
export function pathOfKey(key: Uint8Array): string {
  return Buffer.from(key.subarray(1)).toString();
}

/** The greatest key that is not after `text`, which may be longer than any path. */
export function pathRangeStart(text: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(PATH), Buffer.from(text).subarray(0, PATH_BYTES_MAX)]);
}

/** The least key after all paths that begin with `prefix`. */
export function pathRangeEnd(prefix: string): Uint8Array {
  const bytes = Buffer.from(prefix).subarray(0, PATH_BYTES_MAX);
  return Buffer.concat([Uint8Array.of(PATH), bytes, Uint8Array.of(0xff)]);
}

/** The least key after this one: where a walk over a range goes on. */
export function successor(key: Uint8Array): Uint8Array {
  return Buffer.concat([key, Uint8Array.of(0)]);
}

function numbersKey(kind: number, ...numbers: readonly number[]): Uint8Array {
  const key = Buffer.allocUnsafe(1 + 8 * numbers.length);
  key[0] = kind;
  let at = 1;
  for (const number of numbers) {
    at = key.writeUInt32BE(Math.floor(number / 0x1_0000_0000), at);
    at = key.writeUInt32BE(number >>> 0, at);
  }
  return key;
}

/** The number at place `index` of a key made of numbers. */
export function numberOfKey(key: Uint8Array, index: number): number {
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  const at = 1 + 8 * index;
  return view.getUint32(at) * 0x1_0000_0000 + view.getUint32(at + 4);
}
