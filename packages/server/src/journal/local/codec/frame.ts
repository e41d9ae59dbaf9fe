/**
 * How records lie in the log: one frame after another, each beginning with this header. All numbers are
 * little-endian.
 *
 *     offset  size
 *      0      4    CRC-32C of all that follows, [4, length)
 *      4      4    length of the whole frame
 *      8      8    log position of the frame's first byte
 *     16      4    term
 *     20      4    distance back to the barrier: the log was known to be durable up to there
 *     24      1    kind: 1 term start, 2 create, 3 append, 4 delete, 5 renew
 *     25      1    flags of the kind
 *     26      2    zero
 *     28           body of the kind (`record-codec.ts`)
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
import { crc32c } from "./crc32c.ts";

export const FRAME_HEADER_BYTES = 28;

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

/** Completes a frame whose body is in place, from offset `at` on. */
export function sealFrame(
  block: Block,
  at: number,
  length: number,
  kind: number,
  flags: number,
  place: FramePlace,
): void {
  const { view } = block;
  view.setUint32(at + 4, length, true);
  setU64(view, at + 8, place.position);
  view.setUint32(at + 16, place.term, true);
  view.setUint32(at + 20, place.position - place.barrier, true);
  view.setUint32(at + 24, kind | (flags << 8), true);
  view.setUint32(at, crc32c(view, at + 4, at + length), true);
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
  if (getU64(view, at + 8) !== position || view.getUint32(at + 16, true) < term) return END;
  const length = view.getUint32(at + 4, true);
  if (length < FRAME_HEADER_BYTES || length > FRAME_BYTES_MAX) return TORN;
  if (at + length > to) return { kind: "partial", length };
  if (crc32c(view, at + 4, at + length) !== view.getUint32(at, true)) return TORN;
  const barrier = position - view.getUint32(at + 20, true);
  return { kind: "frame", length, term: view.getUint32(at + 16, true), barrier };
}
