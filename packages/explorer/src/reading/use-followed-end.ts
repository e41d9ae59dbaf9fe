import { type RefObject, useEffectEvent, useLayoutEffect, useRef, useState } from "react";

/** Closer to the end than this, pixels, the reader is at it, and follows. */
const NEAR_END = 40;

export interface EndFollower {
  /** What scrolls, and what is in it. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly isAtEnd: boolean;
  readonly setAtEnd: (isAtEnd: boolean) => void;
  readonly onScroll: () => void;
}

/**
 * Scrolls with text that grows for as long as its end is in sight; further up it stays where the reader is.
 *
 * @param from where the text begins: when it begins earlier, what is in sight stays so
 */
export function useFollowedEnd(from: number): EndFollower {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  /** Pixels from the upper edge of what is in sight to the end. */
  const below = useRef(0);
  const top = useRef(0);
  const follow = useEffectEvent((): void => {
    const element = scroller.current!;
    if (isAtEnd) element.scrollTop = element.scrollHeight;
  });
  const keepInSight = useEffectEvent((): void => {
    const element = scroller.current!;
    if (!isAtEnd) element.scrollTop = element.scrollHeight - below.current;
  });
  useLayoutEffect(() => {
    if (isAtEnd) follow();
    // Also when the window changes, and when blocks turn out higher than they were taken for.
    const sizes = new ResizeObserver(() => follow());
    sizes.observe(scroller.current!);
    sizes.observe(content.current!);
    return () => sizes.disconnect();
  }, [isAtEnd]);
  useLayoutEffect(() => {
    if (from >= 0) keepInSight();
  }, [from]);
  const onScroll = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = scroller.current!;
    below.current = scrollHeight - scrollTop;
    const isNearEnd = below.current - clientHeight < NEAR_END;
    // Only who scrolls back leaves the end: text that grows leaves nobody behind.
    if (isNearEnd || scrollTop < top.current) setAtEnd(isNearEnd);
    top.current = scrollTop;
  };
  return { scroller, content, isAtEnd, setAtEnd, onScroll };
}
