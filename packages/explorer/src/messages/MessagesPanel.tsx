import { useEffect, useState } from "react";
import { ColumnPicker } from "../design/ColumnPicker.tsx";
import { Icon } from "../design/Icon.tsx";
import type { Row, RowKind } from "../feed/cut-rows.ts";
import { useFeed } from "../feed/use-feed.ts";
import { fieldsOf } from "../find/json-rows.ts";
import { SearchBox } from "../find/SearchBox.tsx";
import { type Find, useFind } from "../find/use-find.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { TakeDialog } from "../taking/TakeDialog.tsx";
import { MessageInspector } from "./MessageInspector.tsx";
import { MessageList } from "./MessageList.tsx";
import { allRows, foundRows } from "./row-list.ts";
import { VIEW_MODES, type ViewMode } from "./view-mode.ts";
import "./messages.css";

/** Rows whose fields are offered as columns, the newest ones. */
const SAMPLE_ROWS = 50;

/** The messages, and the one that is looked at: the last before the position. */
export function MessagesPanel() {
  const { feed, setAt } = useStreamView();
  const { rowCount } = useFeed(feed);
  const [mode, setMode] = useState<ViewMode>("pretty");
  const [columns, setColumns] = useState<readonly string[]>([]);
  const find = useFind(feed);
  const chosen = useChosenRow();
  const rows = find.hits === undefined ? allRows(feed, rowCount) : foundRows(find.hits);
  const marks = find.query?.marks;
  return (
    <div className="panel">
      <Tools {...{ mode, columns, find }} onMode={setMode} onColumns={setColumns} />
      <div className="messages">
        <MessageList
          key={find.isFilter ? "hits" : "all"}
          {...{ mode, marks, columns, rows }}
          chosen={chosen === undefined ? undefined : rows.placeOf(chosen.number)}
          empty={emptyText(find)}
        />
        {chosen?.row !== undefined && (
          <MessageInspector
            {...{ row: chosen.row, number: chosen.number, mode, marks }}
            onClose={() => setAt(undefined)}
          />
        )}
      </div>
    </div>
  );
}

function emptyText({ isFilter, share }: Find): string {
  if (!isFilter) return "Nothing has been written yet.";
  return share < 1 ? "Searching…" : "Nothing found.";
}

interface ToolsProps {
  readonly mode: ViewMode;
  readonly columns: readonly string[];
  readonly find: Find;
  readonly onMode: (mode: ViewMode) => void;
  readonly onColumns: (columns: readonly string[]) => void;
}

function Tools({ mode, columns, find, onMode, onColumns }: ToolsProps) {
  const { feed, setAt } = useStreamView();
  const { kind } = useFeed(feed);
  const [isTaking, setTaking] = useState(false);
  return (
    <div className="panel-tools">
      <ModePicker kind={kind} mode={mode} onChoose={onMode} />
      <SearchBox find={find} onFound={(row) => setAt(row.end)} />
      {kind === "json" && (
        <ColumnPicker
          fields={fieldsOf(feed.newestRows.slice(-SAMPLE_ROWS))}
          chosen={columns}
          onChoose={onColumns}
          empty="No message here has fields."
        />
      )}
      <button type="button" title="Download messages" onClick={() => setTaking(true)}>
        <Icon name="take" />
        <span className="label">Download</span>
      </button>
      {isTaking && <TakeDialog {...{ find, columns }} onClose={() => setTaking(false)} />}
    </div>
  );
}

interface ModeProps {
  readonly kind: RowKind;
  readonly mode: ViewMode;
  readonly onChoose: (mode: ViewMode) => void;
}

function ModePicker({ kind, mode, onChoose }: ModeProps) {
  return (
    <fieldset className="button-group">
      <legend className="visually-hidden">Show messages as</legend>
      {VIEW_MODES.map((name) => (
        <button key={name} type="button" aria-pressed={name === mode} onClick={() => onChoose(name)}>
          {name === "pretty" ? (kind === "json" ? "JSON" : "Auto") : name === "text" ? "Text" : "Hex"}
        </button>
      ))}
    </fieldset>
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
