import { useEffect, useState } from "react";
import type { Row } from "../feed/cut-rows.ts";
import { useFeed } from "../feed/use-feed.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { MessageInspector } from "./MessageInspector.tsx";
import { MessageList } from "./MessageList.tsx";
import { SearchBox } from "./SearchBox.tsx";
import { VIEW_MODES, type ViewMode } from "./view-mode.ts";
import "./messages.css";

/** The messages, and the one that is looked at: the last before the position. */
export function MessagesPanel() {
  const { feed, setAt } = useStreamView();
  const { kind } = useFeed(feed);
  const [mode, setMode] = useState<ViewMode>("pretty");
  const [mark, setMark] = useState("");
  const chosen = useChosenRow();
  return (
    <div className="panel">
      <div className="panel-tools">
        <fieldset className="button-group">
          <legend className="visually-hidden">Show messages as</legend>
          {VIEW_MODES.map((name) => (
            <button key={name} type="button" aria-pressed={name === mode} onClick={() => setMode(name)}>
              {name === "pretty" ? (kind === "json" ? "JSON" : "Auto") : name === "text" ? "Text" : "Hex"}
            </button>
          ))}
        </fieldset>
        <SearchBox onMark={setMark} onFound={(row) => setAt(row.end)} />
      </div>
      <div className="messages">
        <MessageList mode={mode} mark={mark} chosen={chosen?.number} />
        {chosen?.row !== undefined && (
          <MessageInspector
            row={chosen.row}
            number={chosen.number}
            mode={mode}
            onClose={() => setAt(undefined)}
          />
        )}
      </div>
    </div>
  );
}

/** The row that ends at the position, and its number; undefined when it is now. */
function useChosenRow(): { readonly number: number; readonly row: Row | undefined } | undefined {
  const { feed, at } = useStreamView();
  const [number, setNumber] = useState<number>();
  const { end } = useFeed(feed);
  const isThere = at !== undefined && at <= end;
  useEffect(() => {
    if (!isThere) return setNumber(undefined);
    let isCurrent = true;
    void feed.rowAt(at).then((next) => isCurrent && setNumber(next - 1));
    return () => {
      isCurrent = false;
    };
  }, [feed, at, isThere]);
  if (number === undefined || at === undefined) return undefined;
  return { number, row: number < 0 ? undefined : feed.row(number) };
}
