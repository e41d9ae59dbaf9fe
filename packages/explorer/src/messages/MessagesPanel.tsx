import { useEffect, useState } from "react";
import { ColumnPicker } from "../design/ColumnPicker.tsx";
import { Icon } from "../design/Icon.tsx";
import type { Row, RowKind } from "../feed/cut-rows.ts";
import { useFeed } from "../feed/use-feed.ts";
import { fieldsOf } from "../find/json-rows.ts";
import { SearchBox } from "../find/SearchBox.tsx";
import { type Find, useFind } from "../find/use-find.ts";
import { formatBytes } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { TakeDialog } from "../taking/TakeDialog.tsx";
import { MessageInspector } from "./MessageInspector.tsx";
import { MessageList } from "./MessageList.tsx";
import { allRows, foundRows, newestRows, type RowList } from "./row-list.ts";
import { VIEW_MODES, type ViewMode } from "./view-mode.ts";
import "./messages.css";

/** Rows whose fields are offered as columns, the newest ones. */
const SAMPLE_ROWS = 50;

/** The messages, and the one that is looked at: the last before the position. */
export function MessagesPanel() {
  const { feed, setAt } = useStreamView();
  const { rowCount, preview } = useFeed(feed);
  const [mode, setMode] = useState<ViewMode>("pretty");
  const [columns, setColumns] = useState<readonly string[]>([]);
  const find = useFind(feed);
  const chosen = useChosenRow();
  const [list, rows] = listed(find, preview) ?? ["all", allRows(feed, rowCount)];
  const marks = find.query?.marks;
  return (
    <div className="panel">
      <Tools {...{ mode, columns, find }} onMode={setMode} onColumns={setColumns} />
      <Progress />
      <div className="messages">
        <MessageList
          key={list}
          {...{ mode, marks, columns, rows }}
          chosen={chosen?.number === undefined ? chosen?.place : rows.placeOf(chosen.number)}
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

/** What is listed in place of all rows, and its name: hits, or the newest while the others are on their way. */
function listed(find: Find, preview: readonly Row[]): readonly [string, RowList] | undefined {
  if (find.hits !== undefined) return ["hits", foundRows(find.hits)];
  return preview.length > 0 ? ["preview", newestRows(preview)] : undefined;
}

/** How far the page is on the way to rows that are shown already. */
function Progress() {
  const { feed } = useStreamView();
  const { preview, end, tail } = useFeed(feed);
  if (preview.length === 0) return null;
  return (
    <div className="index-progress small soft" role="status">
      The newest are here. Older ones are on their way: {formatBytes(end)} of {formatBytes(tail)}
      <progress value={end} max={tail} aria-label="Older messages" />
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
function useChosenRow(): Chosen | undefined {
  const { feed, at } = useStreamView();
  const [number, setNumber] = useState<number>();
  const { end, preview } = useFeed(feed);
  const isThere = at !== undefined && at <= end;
  useEffect(() => {
    if (!isThere) return setNumber(undefined);
    let isCurrent = true;
    void feed.rowAt(at).then((next) => isCurrent && setNumber(next - 1));
    return () => {
      isCurrent = false;
    };
  }, [feed, at, isThere]);
  const place = at === undefined ? -1 : preview.findIndex((row) => row.end === at);
  if (place >= 0) return { number: undefined, place, row: preview[place] };
  if (number === undefined || at === undefined) return undefined;
  return { number, place: undefined, row: number < 0 ? undefined : feed.row(number) };
}

interface Chosen {
  /** undefined while nobody knows it. */
  readonly number: number | undefined;
  /** Its place among the newest rows, while these are listed. */
  readonly place: number | undefined;
  readonly row: Row | undefined;
}
