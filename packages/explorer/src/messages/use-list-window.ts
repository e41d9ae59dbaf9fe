import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useState } from "react";
import { WINDOW_ROWS, windowStart } from "./list-window.ts";

/** Of one row, pixels. */
export const ROW_HEIGHT = 26;

export interface ListQuery {
  /** The element that scrolls. */
  readonly scroller: RefObject<HTMLElement | null>;
  /** All rows. */
  readonly rowCount: number;
  /** The number of the row that has to be in sight; undefined: the list is at now. */
  readonly chosen: number | undefined;
  /** Whether the list is at now: at its end it then follows what comes. */
  readonly isNow: boolean;
}

export interface ListWindow {
  /** The rows to lay out, their numbers counted from `first`. */
  readonly items: readonly VirtualItem[];
  readonly first: number;
  /** Pixels of all rows of the window. */
  readonly height: number;
  readonly isAtTail: boolean;
  readonly goToTail: () => void;
  readonly onScroll: () => void;
}

/** Which part of a long list is laid out, and where it is scrolled to. */
export function useListWindow({ scroller, rowCount, chosen, isNow }: ListQuery): ListWindow {
  const [first, setFirst] = useState(0);
  const [isAtTail, setAtTail] = useState(true);
  const laidOut = Math.min(WINDOW_ROWS, rowCount - first);
  const virtual = useVirtualizer({
    count: laidOut,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const reveal = useEffectEvent((row: number, isLast: boolean): void => {
    const start = windowStart(first, row, rowCount);
    if (start !== first) setFirst(start);
    const height = scroller.current?.clientHeight ?? 0;
    const top = (row - start) * ROW_HEIGHT - (scroller.current?.scrollTop ?? 0);
    // A row next to those in sight is brought in, one from far away into the middle.
    const isNear = top >= -ROW_HEIGHT && top <= height;
    virtual.scrollToIndex(row - start, { align: isLast ? "end" : isNear ? "auto" : "center" });
  });
  const isFollowing = isNow && isAtTail;
  useLayoutEffect(() => {
    if (isFollowing && rowCount > 0) reveal(rowCount - 1, true);
  }, [isFollowing, rowCount]);
  useLayoutEffect(() => {
    if (chosen !== undefined && chosen >= 0) reveal(chosen, false);
  }, [chosen]);
  useEffect(() => {
    if (isNow) setAtTail(true);
  }, [isNow]);
  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const isBottom = element.scrollHeight - element.scrollTop - element.clientHeight < ROW_HEIGHT;
    setAtTail(isBottom && first + laidOut >= rowCount);
    const start = windowStart(first, first + Math.floor(element.scrollTop / ROW_HEIGHT), rowCount);
    if (start === first) return;
    setFirst(start);
    element.scrollTop -= (start - first) * ROW_HEIGHT;
  };
  const goToTail = (): void => setAtTail(true);
  return {
    items: virtual.getVirtualItems(),
    first,
    height: virtual.getTotalSize(),
    isAtTail,
    goToTail,
    onScroll,
  };
}
