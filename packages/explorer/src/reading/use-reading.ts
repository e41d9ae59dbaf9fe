import { useCallback, useState } from "react";
import type { StreamFeed } from "../feed/stream-feed.ts";
import { useFeed } from "../feed/use-feed.ts";
import { useScan } from "../feed/use-scan.ts";
import { Reader } from "./reader.ts";
import { fieldShape, KNOWN_SHAPES } from "./text-shapes.ts";

/** Stored bytes that are shown first, and added by each step back. */
const STEP_BYTES = 256 * 1024;
/** Stored bytes that are kept while the tail is followed; then what is furthest back is given up. */
const KEPT_BYTES = 2 * 1024 * 1024;

export interface Reading {
  readonly reader: Reader;
  /** Stored bytes before what is shown. */
  readonly from: number;
  readonly isBusy: boolean;
  readonly failure: string | undefined;
  readonly showEarlier: () => void;
}

/**
 * The text of a stream before a position, from some way back.
 *
 * @param at the position; undefined: the tail
 * @param shapeName the shape or the field that was chosen; undefined: guessed
 */
export function useReading(feed: StreamFeed, at: number | undefined, shapeName: string | undefined): Reading {
  const { end, kind, status } = useFeed(feed);
  const target = Math.min(at ?? end, end);
  const pageBefore = (position: number): number =>
    feed.index.page(feed.index.pageAt(Math.max(0, position))).position;
  const [from, setFrom] = useState(() => pageBefore(target - STEP_BYTES));
  // On the way to the tail the end comes by that is to be shown first.
  const kept = status === "connecting" || status === "catching-up" ? 2 * STEP_BYTES : KEPT_BYTES;
  const isOutside = target < from || target - from > kept;
  if (isOutside) setFrom(pageBefore(target - STEP_BYTES));
  const create = useCallback(() => {
    const known = KNOWN_SHAPES.find(({ name }) => name === shapeName);
    return new Reader(kind, known ?? (shapeName === undefined ? undefined : fieldShape(shapeName)));
  }, [kind, shapeName]);
  const { scan, position, failure } = useScan(feed, target, create, from);
  const isBusy = position < target && failure === undefined;
  const [complete, setComplete] = useState({ reader: scan, from, shapeName });
  if (!isBusy && complete.reader !== scan) setComplete({ reader: scan, from, shapeName });
  // What was complete stays in sight until what takes its place is.
  const isKept = isBusy && complete.reader.turns.length > 0 && complete.shapeName === shapeName;
  const shown = isKept ? complete : { reader: scan, from };
  const showEarlier = (): void => setFrom(pageBefore(from - STEP_BYTES));
  return { reader: shown.reader, from: shown.from, isBusy, failure, showEarlier };
}
