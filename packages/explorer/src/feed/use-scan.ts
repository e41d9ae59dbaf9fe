import { useEffect, useMemo, useSyncExternalStore } from "react";
import { readRows } from "./read-rows.ts";
import { type Scan, ScanRunner, type ScanView } from "./scan-runner.ts";
import type { StreamFeed } from "./stream-feed.ts";

/**
 * A scan of the rows of a stream before a position. When the position moves on, the scan goes on from where it is; when
 * it moves back, it begins anew.
 *
 * @param create makes an empty one; the same function for as long as it makes the same
 * @param from where it begins: a position at which a row begins
 */
export function useScan<T extends Scan>(
  feed: StreamFeed,
  target: number,
  create: () => T,
  from = 0,
): ScanView<T> {
  const runner = useMemo(() => {
    const sources = {
      rowsAtHand: (position: number) => feed.rowsAtHand(position),
      read: (start: number, to: number, signal: AbortSignal) =>
        readRows({ url: feed.url, from: start, to, signal }),
      pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
      now: () => performance.now(),
    };
    return new ScanRunner(sources, create, from);
  }, [feed, create, from]);
  useEffect(() => () => runner.stop(), [runner]);
  useEffect(() => runner.aim(target), [runner, target]);
  return useSyncExternalStore(runner.subscribe, runner.snapshot);
}
