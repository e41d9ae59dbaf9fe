import type { Disk } from "./disk.ts";
import { type Segment, segmentName } from "./segment.ts";

/**
 * What an earlier process wrote into segments may never have been flushed; it is durable when this resolves. Nothing
 * may be given up before that.
 */
export async function flushSegments(disk: Disk, segments: readonly Segment[]): Promise<void> {
  for (const { number } of segments) {
    const file = await disk.openToRead(segmentName(number));
    try {
      await file.flush();
    } finally {
      await file.close();
    }
  }
}
