/**
 * How records lie in the log: one frame after another, each beginning with this header. All numbers are
 * little-endian.
 *
 *     offset  size
 *      0      4    CRC-32 of all that follows, [4, length)
 *      4      4    length of the whole frame
 *      8      8    log position of the frame's first byte
 *     16      4    term
 *     20      4    distance back to the barrier: the log was known to be durable up to there
 *     24      1    kind: 1 term start, 2 create, 3 append, 4 delete, 5 renew
 *     25      1    zero
 *     26      2    bits that say which optional fields the kind has (`fields.ts`)
 *
 * Records go on with
 *
 *     28      8    stream id
 *     36      8    moment of the decision, epoch milliseconds
 *
 * then, if they may hold data of the stream (2 and 3: "data records"),
 *
 *     44      8    position in the stream of the first data byte
 *     52      4    distance back to the stream's previous data record, 0 when it has none
 *     56      4    count of data bytes
 *
 * then the fields of the kind (`record-codec.ts`), and last the data bytes, up to the end of the frame; between the two
 * there may be bytes that mean nothing. No other file knows where something lies in a frame. The links between a stream's data records serve the reads of what is not yet
 * archived (`tails.ts`).
 *
 * Three of these fields make recovery certain about what it reads:
 *
 * - The **log position** tells a record from what an earlier use of the same place left behind. Files are reused.
 * - The **term** grows each time the log starts again at a place where something unacknowledged may have been
 *   written: at every start, and after a full disk. A frame counts only if its term is not lower than its
 *   predecessor's, so leftovers of a failed write are never taken for what was written over their beginning.
 *   The first frame of a term is made durable alone, before anything else of that term is written.
 * - The **barrier** tells a torn end from damage: a broken frame below the barrier of an intact later one was
 *   durable once, so the disk has lost acknowledged data.
 */
import { type Block, getU64, setU64 } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { joinedCrc32 } from "./crc32-joined.ts";

export const FRAME_HEADER_BYTES = 28;

const CHECKSUM_AT = 0;
const LENGTH_AT = 4;
const LOG_POSITION_AT = 8;
const TERM_AT = 16;
const BARRIER_AT = 20;
const KIND_AT = 24;
const BITS_AT = 26;
const ID_AT = 28;
const MOMENT_AT = 36;
const POSITION_AT = 44;
const PREVIOUS_AT = 52;
const DATA_LENGTH_AT = 56;

/** Where the fields of a record begin that may hold no data. */
export const FIELDS_AT = 44;
/** Where the fields of a data record begin. */
export const DATA_RECORD_FIELDS_AT = 60;

/** Frames are at most this long: a bound on what a damaged length can make us allocate. */
export const FRAME_BYTES_MAX = 0x7fff_ffff;

export const FRAME_KIND = { termStart: 1, create: 2, append: 3, delete: 4, renew: 5 } as const;

/** What the header says besides kind and flags. */
export interface FramePlace {
  /** Log position of the frame. */
  readonly position: number;
  readonly term: number;
  /** Up to this log position the log was durable when the frame was made. */
  readonly barrier: number;
}

/** The data of a frame that was put in its place, and summed up, before the rest was known. */
export interface DataAhead {
  /** Where it begins, counted from the beginning of the frame. What lies between the fields and this means nothing. */
  readonly dataAt: number;
  /** The CRC-32 of the data. */
  readonly checksum: number;
}

/** Completes a frame whose body is in place, from offset `at` on. */
export function sealFrame(
  block: Block,
  at: number,
  length: number,
  kind: number,
  bits: number,
  place: FramePlace,
): void {
  writeHeader(block, at, length, kind, bits, place);
  const { view } = block;
  view.setUint32(at + CHECKSUM_AT, crc32(view, at + LENGTH_AT, at + length), true);
}

/** The same for one whose data was summed up before. */
export function sealFrameAhead(
  block: Block,
  at: number,
  length: number,
  kind: number,
  bits: number,
  place: FramePlace,
  { dataAt, checksum }: DataAhead,
): void {
  writeHeader(block, at, length, kind, bits, place);
  const { view } = block;
  const beginning = crc32(view, at + LENGTH_AT, at + dataAt);
  view.setUint32(at + CHECKSUM_AT, joinedCrc32(beginning, checksum, length - dataAt), true);
}

/** Writes all of the header but the checksum. */
function writeHeader(
  { view }: Block,
  at: number,
  length: number,
  kind: number,
  bits: number,
  place: FramePlace,
): void {
  view.setUint32(at + LENGTH_AT, length, true);
  setU64(view, at + LOG_POSITION_AT, place.position);
  view.setUint32(at + TERM_AT, place.term, true);
  view.setUint32(at + BARRIER_AT, place.position - place.barrier, true);
  view.setUint16(at + KIND_AT, kind, true);
  view.setUint16(at + BITS_AT, bits, true);
}

/** Writes what every record begins with. */
export function writeSubject({ view }: Block, at: number, id: number, moment: number): void {
  setU64(view, at + ID_AT, id);
  setU64(view, at + MOMENT_AT, moment);
}

/** Writes what every data record goes on with. */
export function writeExtent(
  { view }: Block,
  at: number,
  position: number,
  previous: number,
  dataLength: number,
): void {
  setU64(view, at + POSITION_AT, position);
  view.setUint32(at + PREVIOUS_AT, previous, true);
  view.setUint32(at + DATA_LENGTH_AT, dataLength, true);
}

/** The length of the frame at `at`. */
export function frameLength({ view }: Block, at: number): number {
  return view.getUint32(at + LENGTH_AT, true);
}

/** The log position that the frame at `at` says it has. */
export function framePosition({ view }: Block, at: number): number {
  return getU64(view, at + LOG_POSITION_AT);
}

/** Whether the bytes at `at` may be a frame of that log position: quick, and wrong now and then. */
export function mayBeFrameOf({ view }: Block, at: number, position: number): boolean {
  return view.getUint32(at + LOG_POSITION_AT, true) === position >>> 0;
}

/** The kind of the frame at `at`. */
export function frameKind({ view }: Block, at: number): number {
  return view.getUint8(at + KIND_AT);
}

/** The bits of the frame at `at`. */
export function frameBits({ view }: Block, at: number): number {
  return view.getUint16(at + BITS_AT, true);
}

/** The stream id of the record at `at`. */
export function recordId({ view }: Block, at: number): number {
  return getU64(view, at + ID_AT);
}

/** The moment of the record at `at`, epoch milliseconds. */
export function recordMoment({ view }: Block, at: number): number {
  return getU64(view, at + MOMENT_AT);
}

/** Of the data record whose frame is at `at`: the position in the stream of its first byte. */
export function dataPosition({ view }: Block, at: number): number {
  return getU64(view, at + POSITION_AT);
}

/** Of the data record whose frame is at `at`: its count of data bytes. */
export function dataLength({ view }: Block, at: number): number {
  return view.getUint32(at + DATA_LENGTH_AT, true);
}

/** Of the data record whose frame is at `at`: the distance back to the stream's previous one, or 0. */
export function previousDistance({ view }: Block, at: number): number {
  return view.getUint32(at + PREVIOUS_AT, true);
}

/** Says so of a frame that is in memory for reading only: its checksum does not hold any more. */
export function setPreviousDistance({ view }: Block, at: number, distance: number): void {
  view.setUint32(at + PREVIOUS_AT, distance, true);
}

/** Of the data record whose frame is at `at`: the offset in the block at which its data begins. */
export function dataOffset(block: Block, at: number): number {
  return at + frameLength(block, at) - dataLength(block, at);
}

/** What lies at a place of the log. */
export type FrameOutcome =
  /** An intact frame. */
  | { readonly kind: "frame"; readonly length: number; readonly term: number; readonly barrier: number }
  /** Nothing was written here for this position. */
  | { readonly kind: "end" }
  /** A frame for this position that is damaged or cut off. */
  | { readonly kind: "torn" }
  /** The frame seems to need this many bytes, of which not all were given. */
  | { readonly kind: "partial"; readonly length: number };

const END: FrameOutcome = { kind: "end" };
const TORN: FrameOutcome = { kind: "torn" };

/**
 * Looks at the bytes `[at, to)` for the frame of log position `position`. Never throws.
 *
 * @param term the lowest term that counts
 */
export function inspectFrame(
  block: Block,
  at: number,
  to: number,
  position: number,
  term: number,
): FrameOutcome {
  if (to - at < FRAME_HEADER_BYTES) return { kind: "partial", length: FRAME_HEADER_BYTES };
  const { view } = block;
  if (framePosition(block, at) !== position || view.getUint32(at + TERM_AT, true) < term) return END;
  const length = frameLength(block, at);
  if (length < FRAME_HEADER_BYTES || length > FRAME_BYTES_MAX) return TORN;
  if (at + length > to) return { kind: "partial", length };
  if (crc32(view, at + LENGTH_AT, at + length) !== view.getUint32(at + CHECKSUM_AT, true)) return TORN;
  const barrier = position - view.getUint32(at + BARRIER_AT, true);
  return { kind: "frame", length, term: view.getUint32(at + TERM_AT, true), barrier };
}
