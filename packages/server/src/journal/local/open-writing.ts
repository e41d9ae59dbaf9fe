/** What a log is written with, once it was read. */
import type { DiskGuard } from "./disk-guard.ts";
import type { LocalLogParts } from "./local-log-parts.ts";
import { LogWriter, type WriterEvents } from "./log-writer.ts";
import type { Walked } from "./recovery.ts";
import { Segments } from "./segments.ts";
import type { Slabs } from "./slabs.ts";
import type { Tails } from "./tails.ts";
import { AheadWriter } from "./write-ahead.ts";

export interface Writing {
  readonly segments: Segments;
  readonly ahead: AheadWriter;
  readonly writer: LogWriter;
}

interface WritingParts extends LocalLogParts {
  readonly slabs: Slabs;
  readonly tails: Tails;
  readonly guard: DiskGuard;
}

/** Opens what was walked for writing, behind its end. */
export async function openWriting(
  parts: WritingParts,
  events: WriterEvents,
  walked: Walked,
): Promise<Writing> {
  const { disk, flushing, segmentBytes, sliceBytes, slabs, guard } = parts;
  const onTrouble = guard.trouble.bind(guard);
  const segments = await Segments.open(disk, flushing, segmentBytes, walked.segments, slabs.end, onTrouble);
  const ahead = new AheadWriter(segments, onTrouble, Math.ceil(sliceBytes / 2));
  return { segments, ahead, writer: new LogWriter({ ...parts, segments, ahead }, events, walked.term) };
}
