/** What is known of a segment: its name, and which range of the log it holds. */
import { emptyMark, type Mark } from "./durable-mark.ts";

const NAME = /^segment-(\d{12})$/;

/** The name of the segment with that number. */
export function segmentName(number: number): string {
  return `segment-${String(number).padStart(12, "0")}`;
}

/** The number of a segment by its file name; undefined for other files. */
export function segmentNumber(name: string): number | undefined {
  const match = NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** A segment with records. */
export interface Segment {
  readonly number: number;
  /** Log position of its first byte. */
  readonly start: number;
}

/** What is durable when all before a log position is. */
export function markOf(segments: readonly Segment[], position: number): Mark {
  const holder = segments.findLast(({ start }) => start < position);
  return holder === undefined
    ? emptyMark(position)
    : { position, segment: holder.number, start: holder.start };
}

/** Hears of what went wrong beside the writes that somebody waits for. */
export type OnTrouble = (what: string, cause: unknown) => void;
