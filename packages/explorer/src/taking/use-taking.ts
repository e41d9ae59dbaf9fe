import { useEffect, useRef, useState } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { reasonOf } from "../server/reason.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { type Taking, takeRows } from "./take-rows.ts";

interface Wish extends Pick<Taking, "format" | "columns" | "query"> {
  /** Numbers of rows, [from, to); undefined for all. */
  readonly bounds: readonly [number, number] | undefined;
}

/** Downloads rows of the stream that is shown, one file at a time. @param onDone called when it is saved, or given up */
export function useTaking(onDone: () => void) {
  const { feed, path } = useStreamView();
  const { kind } = useFeed(feed);
  const [share, setShare] = useState<number>();
  const [failure, setFailure] = useState<string>();
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const run = async ({ bounds, ...wish }: Wish): Promise<void> => {
    controller.current = new AbortController();
    const { signal } = controller.current;
    setFailure(undefined);
    setShare(0);
    try {
      const from = bounds === undefined ? 0 : await feed.positionOf(bounds[0]);
      // The last row may be one that is not complete.
      const end = feed.snapshot().end;
      const to =
        bounds === undefined || bounds[1] >= feed.index.rowCount ? end : await feed.positionOf(bounds[1]);
      await takeRows({ ...wish, url: feed.url, path, kind, from, to, signal, onProgress: setShare });
      if (!signal.aborted) onDone();
    } catch (error) {
      if (!signal.aborted) setFailure(reasonOf(error));
    } finally {
      setShare(undefined);
    }
  };
  const leave = (): void => {
    controller.current?.abort();
    onDone();
  };
  return { share, failure, run, leave };
}
