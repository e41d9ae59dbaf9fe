import { formatOffset } from "@perennial/protocol";
import { useCallback } from "react";
import { IconButton } from "../design/IconButton.tsx";
import { useFeed } from "../feed/use-feed.ts";
import { useScan } from "../feed/use-scan.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { type Difference, differences } from "./diff.ts";
import { History, type HistoryEntry } from "./history.ts";

/** Entries shown, the newest ones. */
const ENTRIES = 200;

interface Props {
  readonly type: string;
  /** The row's key. */
  readonly entity: string;
  readonly onClose: () => void;
}

/** Every message that concerned a row, newest first, with what it changed. Each leads to its position. */
export function RowHistory({ type, entity, onClose }: Props) {
  const { feed, at, setAt } = useStreamView();
  const { end } = useFeed(feed);
  // Up to the tail: also what is later than the position that is looked at.
  const newHistory = useCallback(() => new History(type, entity, ENTRIES), [type, entity]);
  const { scan } = useScan(feed, end, newHistory);
  const entries = [...scan.entries].reverse();
  return (
    <aside className="inspector" aria-label="History of the row">
      <header className="inspector-header">
        <h2>
          <span className="soft">{type}</span> {entity}
        </h2>
        <span className="spacer" />
        <IconButton icon="close" label="Close the history" className="quiet" onClick={onClose} />
      </header>
      {entries.length === ENTRIES && <p className="panel-note small soft">The newest {ENTRIES} changes.</p>}
      <ol className="history">
        {entries.map((entry) => (
          <li key={entry.end} className={at !== undefined && entry.end > at ? "later" : undefined}>
            <div className="history-head">
              <span className={`operation small ${entry.operation}`}>{entry.operation}</span>
              <span className="small soft">{entry.timestamp}</span>
              <span className="spacer" />
              <button
                type="button"
                className="small quiet mono"
                title="Travel to just after this event"
                onClick={() => setAt(entry.end)}
              >
                {formatOffset(entry.end).replace(/^0{16}_0*/, "") || "0"}
              </button>
            </div>
            <Changes entry={entry} />
          </li>
        ))}
      </ol>
    </aside>
  );
}

function Changes({ entry }: { readonly entry: HistoryEntry }) {
  return (
    <ul className="changes mono">
      {differences(entry.before, entry.after).map((difference) => (
        <Change key={difference.path} {...difference} />
      ))}
    </ul>
  );
}

function Change({ path, before, after }: Difference) {
  return (
    <li>
      {path !== "" && <span className="json-key">{path}: </span>}
      {before !== undefined && <del>{before}</del>}
      {before !== undefined && after !== undefined && " → "}
      {after !== undefined && <ins>{after}</ins>}
    </li>
  );
}
