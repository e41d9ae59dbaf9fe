import { formatOffset } from "@perennial/protocol";
import { useEffect, useMemo, useState } from "react";
import { CopyButton } from "../design/CopyButton.tsx";
import { Icon } from "../design/Icon.tsx";
import { Offset } from "../design/Offset.tsx";
import { useFeed } from "../feed/use-feed.ts";
import { formatCount } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { activity, barsPath } from "./activity.ts";
import "./timeline.css";

const BUCKETS = 160;

/** The whole stream as a slider, under a histogram of what was written: every position can be travelled to. */
export function Timeline() {
  const { path, feed, at, setAt } = useStreamView();
  const snapshot = useFeed(feed);
  const { rowCount } = snapshot;
  const [row, setRow] = useRowAt();
  const travel = (target: number): void => {
    setRow(target);
    if (target >= feed.index.rowCount) setAt(undefined);
    else void feed.positionOf(target).then(setAt);
  };
  const offset = formatOffset(at ?? snapshot.end);
  const link = (): string => `${location.origin}/streams/${encodeURI(path)}?at=${offset}`;
  const shown = at === undefined ? rowCount : row;
  const where = at === undefined ? "now" : `after ${formatCount(shown)} of ${formatCount(rowCount)}`;
  return (
    <div className={at === undefined ? "timeline" : "timeline past"}>
      <div className="timeline-track">
        <Histogram share={rowCount === 0 ? 1 : shown / rowCount} />
        <input
          type="range"
          aria-label="Position in the stream"
          aria-valuetext={`${where}, offset ${offset}`}
          data-hotkey="timeline"
          min={0}
          max={Math.max(1, feed.index.rowCount)}
          value={shown}
          onChange={(event) => travel(Number(event.target.value))}
        />
      </div>
      <div className="timeline-words small">
        <span className={at === undefined ? "soft" : "timeline-past"}>
          {at === undefined ? "Now" : `As it was ${where}`}
        </span>
        <span className="timeline-offset soft" title="The offset of this position">
          <Offset offset={offset} />
        </span>
        <span className="spacer" />
        {at !== undefined && (
          <button type="button" className="small" onClick={() => setAt(undefined)}>
            Back to now
            <Icon name="now" />
          </button>
        )}
        <CopyButton label="Copy link" icon="link" text={link} />
      </div>
    </div>
  );
}

/** The number of rows before the position that is looked at, as far as the stream has been read. */
function useRowAt(): [number, (row: number) => void] {
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

function Histogram({ share }: { readonly share: number }) {
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
