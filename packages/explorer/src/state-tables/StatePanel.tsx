import { useState } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { useScan } from "../feed/use-scan.ts";
import { formatCount } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { Replay } from "./replay.ts";
import { TypeTable } from "./TypeTable.tsx";
import "../design/table.css";
import "./state-tables.css";

const newReplay = (): Replay => new Replay();

/** The state at the position that is looked at: a table per type, and the history of the row that is chosen. */
export function StatePanel() {
  const { feed, at } = useStreamView();
  const { end } = useFeed(feed);
  const target = Math.min(at ?? end, end);
  const { scan: replay, position, failure } = useScan(feed, target, newReplay);
  const [chosenType, setType] = useState<string>();
  const type = chosenType !== undefined && replay.types.includes(chosenType) ? chosenType : replay.types[0];
  const isBusy = position < target;
  if (failure !== undefined) return <p className="panel-note error">{failure}</p>;
  if (type === undefined)
    return (
      <p className="panel-note soft">
        {isBusy ? "Replaying…" : "No message up to here is an event of the State Protocol."}
      </p>
    );
  return (
    <div className="panel">
      <div className="panel-tools">
        {replay.types.map((name) => (
          <button key={name} type="button" aria-pressed={name === type} onClick={() => setType(name)}>
            {name} <span className="soft">{formatCount(replay.entities(name).length)}</span>
          </button>
        ))}
        <span className="spacer" />
        <span className="small soft" role="status">
          {isBusy && `Replaying… ${Math.round((position / target) * 100)} %`}
          {!isBusy && othersText(replay.others)}
        </span>
      </div>
      <TypeTable key={type} {...{ replay, position, type }} isLive={at === undefined && !isBusy} />
    </div>
  );
}

/** How many messages are no state events; nothing if all are. */
function othersText(count: number): string {
  if (count === 0) return "";
  return count === 1 ? "1 other message" : `${formatCount(count)} other messages`;
}
