import { type KeyboardEvent, type MouseEvent, type RefObject, useRef } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { formatCount } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { messageTarget } from "./list-keys.ts";
import { MessageRow } from "./MessageRow.tsx";
import type { Marks } from "./MessageText.tsx";
import type { RowList } from "./row-list.ts";
import { type ListWindow, ROW_HEIGHT, useListWindow } from "./use-list-window.ts";
import type { ViewMode } from "./view-mode.ts";

interface Props {
  readonly mode: ViewMode;
  readonly marks: Marks | undefined;
  /** Fields that are shown in place of messages; none: all of each. */
  readonly columns: readonly string[];
  readonly rows: RowList;
  /** The place of the row that is looked at; undefined if there is none, or it is not listed. */
  readonly chosen: number | undefined;
  /** What to say when there are none. */
  readonly empty: string;
}

/** Rows of the stream, of which those in sight are elements. At the tail it follows what comes. */
export function MessageList({ mode, marks, columns, rows, chosen, empty }: Props) {
  const { at } = useStreamView();
  const rowCount = rows.count;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useListWindow({ scroller, rowCount, chosen, isNow: at === undefined });

  const { onKeyDown, onClick } = useChoosing(rows, chosen, scroller);
  return (
    <div className="messages-list">
      {columns.length > 0 && <Heads columns={columns} />}
      <div
        ref={scroller}
        className="messages-scroller"
        role="listbox"
        aria-label="Messages"
        tabIndex={0}
        data-hotkey="messages"
        aria-activedescendant={chosen === undefined ? undefined : `message-${chosen}`}
        onScroll={list.onScroll}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        {rowCount === 0 && <NoMessages words={empty} />}
        <MessageRows list={list} {...{ mode, marks, columns, rows, chosen }} />
      </div>
      {at === undefined && !list.isAtTail && (
        <button type="button" className="to-newest primary" onClick={list.goToTail}>
          Newest of {formatCount(rowCount)} ↓
        </button>
      )}
    </div>
  );
}

/** What keys and clicks in the list do. */
function useChoosing(rows: RowList, chosen: number | undefined, scroller: RefObject<HTMLElement | null>) {
  const { setAt } = useStreamView();
  const rowCount = rows.count;
  const choose = (place: number): void => {
    if (rowCount > 0) void rows.endOf(Math.max(0, Math.min(rowCount - 1, place))).then(setAt);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT);
    const target = messageTarget(event.key, chosen, rowCount, page);
    if (target === undefined) return;
    event.preventDefault();
    if (target.kind === "now") setAt(undefined);
    else choose(target.number);
  };
  const onClick = (event: MouseEvent): void => {
    const element = (event.target as Element).closest<HTMLElement>("[data-row]");
    if (element !== null) choose(Number(element.dataset.row));
  };
  return { onKeyDown, onClick };
}

/** An option, since a list of options must have one. */
function NoMessages({ words }: { readonly words: string }) {
  return (
    <div
      role="option"
      tabIndex={-1}
      aria-disabled="true"
      aria-selected="false"
      className="messages-empty soft"
    >
      {words}
    </div>
  );
}

/** What the columns are called. */
function Heads({ columns }: { readonly columns: readonly string[] }) {
  return (
    <div className="messages-head mono" aria-hidden="true">
      <span className="message-position">offset</span>
      <span className="message-cells">
        {columns.map((column) => (
          <span key={column}>{column}</span>
        ))}
      </span>
    </div>
  );
}

interface RowsProps extends Omit<Props, "empty"> {
  readonly list: ListWindow;
}

/** The rows that are laid out. */
function MessageRows({ list, mode, marks, columns, rows, chosen }: RowsProps) {
  const { feed, at } = useStreamView();
  const { kind } = useFeed(feed);
  return (
    <div className="messages-rows" role="presentation" style={{ height: list.height }}>
      {list.items.map(({ index, start }) => {
        const place = list.first + index;
        const row = rows.row(place);
        const isLater = at !== undefined && row !== undefined && row.position >= at;
        const isChosen = place === chosen;
        return (
          <MessageRow
            key={place}
            {...{ place, count: rows.count, row, top: start, isChosen, isLater, kind, mode, marks, columns }}
          />
        );
      })}
    </div>
  );
}
