import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { Row } from "./cut-rows.ts";
import { readRows } from "./read-rows.ts";
import type { StreamFeed } from "./stream-feed.ts";

/** Between a change of the target and the reading, ms: a drag along the timeline passes many positions. */
const PAUSE_MS = 100;

/** Between two steps that are shown, ms: drawing what is not complete should not take longer than completing it. */
const SHOW_PAUSE_MS = 200;

/** Something that is made from the rows of a stream in their order. */
export interface Scan {
  apply(rows: readonly Row[]): void;
}

/** How far a scan is. A new object for every step. */
export interface ScanView<T> {
  readonly scan: T;
  /** All rows before it are in the scan. */
  readonly position: number;
  readonly failure: string | undefined;
}

/**
 * A scan of all rows of a stream before a position. When the position moves on, the scan goes on from where it is; when
 * it moves back, it begins anew.
 *
 * @param create makes an empty one
 */
export function useScan<T extends Scan>(feed: StreamFeed, target: number, create: () => T): ScanView<T> {
  const [view, setView] = useState<ScanView<T>>(() => ({ scan: create(), position: 0, failure: undefined }));
  const latest = useRef(view);
  const begin = useEffectEvent((): ScanView<T> => ({ scan: create(), position: 0, failure: undefined }));
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let shownAt = 0;
    const show = (next: ScanView<T>, isLast: boolean): void => {
      latest.current = next;
      if (!isLast && performance.now() - shownAt < SHOW_PAUSE_MS) return;
      shownAt = performance.now();
      setView(next);
    };
    const run = async (): Promise<void> => {
      if (target < latest.current.position) show(begin(), false);
      const { scan, position } = latest.current;
      for await (const rows of readRows({ url: feed.url, from: position, to: target, signal })) {
        if (signal.aborted) return;
        scan.apply(rows);
        const end = rows.at(-1)?.end ?? latest.current.position;
        show({ scan, position: end, failure: undefined }, end >= target);
      }
    };
    const timer = setTimeout(() => {
      run().catch((error: unknown) => {
        if (!signal.aborted) show({ ...latest.current, failure: (error as Error).message }, true);
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [feed, target]);
  return view;
}
