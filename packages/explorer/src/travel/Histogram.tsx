import { useMemo } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { activity, barsPath } from "./activity.ts";

const BUCKETS = 160;

/**
 * How much was written, from the stream's first row to its last.
 *
 * @param share of the rows that is before the position that is looked at, 0 to 1; what is later is pale
 */
export function Histogram({ share }: { readonly share: number }) {
  const { feed } = useStreamView();
  const { rowCount } = useFeed(feed);
  // Drawn anew when it has grown by a share that can be seen.
  const grain = Math.max(1, Math.floor(rowCount / (2 * BUCKETS)));
  const drawn = rowCount - (rowCount % grain);
  const bars = useMemo(() => {
    const { index, newestRows } = feed;
    const pages = Array.from({ length: index.pageCount }, (_, page) => index.page(page));
    const lastPageRows = newestRows.map(({ position, end }) => end - position);
    const buckets = Math.max(1, Math.min(BUCKETS, drawn));
    return { buckets, path: barsPath(activity({ pages, lastPageRows, rowCount: index.rowCount }, buckets)) };
  }, [feed, drawn]);
  return (
    <svg
      className="histogram"
      viewBox={`0 0 ${bars.buckets} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className="histogram-bars" d={bars.path} />
      <rect className="histogram-future" x={share * bars.buckets} width={bars.buckets} height="1" />
    </svg>
  );
}
