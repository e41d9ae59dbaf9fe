import { useEffect, useState } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { useStreamView } from "../stream/stream-view.ts";

/** The number of rows before the position that is looked at, as far as the stream has been read; and a way to say it. */
export function useRowAt(): [number, (row: number) => void] {
  const { feed, at } = useStreamView();
  const { end, status } = useFeed(feed);
  const [row, setRow] = useState(0);
  const isThere = at !== undefined && (at <= end || status === "live" || status === "closed");
  useEffect(() => {
    if (at === undefined || !isThere) return;
    let isCurrent = true;
    void feed.rowAt(at).then((found) => isCurrent && setRow(found));
    return () => {
      isCurrent = false;
    };
  }, [feed, at, isThere]);
  return [row, setRow];
}
