/** Holds what is found of the log against the mark of what was durable (`durable-mark.ts`). */
import { CorruptLog } from "./corrupt-log.ts";
import { emptyMark, MARK_FILE, type Mark, type MarkOutcome } from "./durable-mark.ts";
import { type Segment, segmentName } from "./segment.ts";

export interface LossListener {
  /** Acknowledged data is damaged or missing. Throws the error, unless it is to go on with what there is. */
  onLoss(error: CorruptLog): void;
}

/** A segment file with what its first frame says, if that is intact. */
interface FoundSegment {
  readonly number: number;
  readonly first: { readonly position: number } | undefined;
}

/**
 * What must be in the log, by the file that says so.
 *
 * @param logPosition the archive's
 * @param isNew whether the archive is empty
 */
export function judgeMark(
  found: MarkOutcome,
  logPosition: number,
  isNew: boolean,
  listener: LossListener,
): Mark {
  const nothing = emptyMark(logPosition);
  const lose = (what: string): Mark => {
    listener.onLoss(new CorruptLog(MARK_FILE, 0, what));
    return nothing;
  };
  switch (found.kind) {
    case "missing":
      // It is made before the archive says anything.
      return isNew ? nothing : lose("the file that says how far the log was durable is missing");
    case "damaged":
      // Of a first start that was cut off.
      return isNew ? nothing : lose("the file that says how far the log was durable is damaged");
    case "mark":
      if (isNew && found.mark.segment > 0) return lose("the log has records, but the archive is empty");
      // Of a first start that was cut off, and would have begun elsewhere.
      if (isNew) return nothing;
      if (found.mark.position >= logPosition) return found.mark;
      return lose(`the archive goes on at log position ${logPosition}, the log at ${found.mark.position}`);
  }
}

/** The segment that holds the last byte known to be durable must be there. */
export function judgeHolder(files: readonly FoundSegment[], mark: Mark, listener: LossListener): void {
  if (mark.segment === 0) return;
  const file = files.find(({ number }) => number === mark.segment);
  if (file?.first?.position === mark.start) return;
  const what =
    file === undefined
      ? `the segment from log position ${mark.start} on is missing`
      : `the segment should begin at log position ${mark.start}, but is empty or damaged`;
  listener.onLoss(new CorruptLog(segmentName(mark.segment), 0, what));
}

/** The log must reach as far as it is known to have been durable. */
export function judgeEnd(
  end: number,
  mark: Mark,
  segments: readonly Segment[],
  listener: LossListener,
): void {
  if (end >= mark.position) return;
  const last = segments.at(-1);
  const name = last === undefined ? "(none)" : segmentName(last.number);
  const what = `records end at log position ${end}, but were acknowledged up to ${mark.position}`;
  listener.onLoss(new CorruptLog(name, end - (last?.start ?? end), what));
}
