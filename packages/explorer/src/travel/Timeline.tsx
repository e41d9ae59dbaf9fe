import { formatOffset } from "@perennial/protocol";
import { useFeed } from "../feed/use-feed.ts";
import { formatCount } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { Histogram } from "./Histogram.tsx";
import { PositionLine } from "./PositionLine.tsx";
import { useRowAt } from "./use-row-at.ts";
import "./timeline.css";

/** The whole stream as a slider, under a histogram of what was written: every position can be travelled to. */
export function Timeline() {
  const { feed, at, setAt } = useStreamView();
  const { rowCount, end } = useFeed(feed);
  const [row, setRow] = useRowAt();
  const travel = (target: number): void => {
    setRow(target);
    if (target >= feed.index.rowCount) setAt(undefined);
    else void feed.positionOf(target).then(setAt);
  };
  const shown = at === undefined ? rowCount : row;
  const where = at === undefined ? "now" : `after ${formatCount(shown)} of ${formatCount(rowCount)}`;
  const offset = formatOffset(at ?? end);
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
      <PositionLine where={where} offset={offset} />
    </div>
  );
}
