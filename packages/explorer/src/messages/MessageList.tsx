import { type KeyboardEvent, type MouseEvent, useRef } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { formatCount } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { messageTarget } from "./list-keys.ts";
import { MessageRow } from "./MessageRow.tsx";
import { type ListWindow, ROW_HEIGHT, useListWindow } from "./use-list-window.ts";
import type { ViewMode } from "./view-mode.ts";

interface Props {
  readonly mode: ViewMode;
  /** Text to mark. */
  readonly mark: string;
  /** The number of the row that is looked at; undefined: the tail is followed. */
  readonly chosen: number | undefined;
}

/** All rows of the stream, of which those in sight are elements. At the tail it follows what comes. */
export function MessageList({ mode, mark, chosen }: Props) {
  const { feed, at, setAt } = useStreamView();
  const { rowCount } = useFeed(feed);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useListWindow({ scroller, rowCount, chosen, isNow: at === undefined });

  const choose = (number: number): void => {
    void feed.endOf(Math.max(0, Math.min(rowCount - 1, number))).then(setAt);
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
  return (
    <div className="messages-list">
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
        {rowCount === 0 && <NoMessages />}
        <MessageRows list={list} {...{ mode, mark, chosen }} />
      </div>
      {at === undefined && !list.isAtTail && (
        <button type="button" className="to-newest primary" onClick={list.goToTail}>
          Newest of {formatCount(rowCount)} ↓
        </button>
      )}
    </div>
  );
}

/** An option, since a list of options must have one. */
function NoMessages() {
  return (
    <div
      role="option"
      tabIndex={-1}
      aria-disabled="true"
      aria-selected="false"
      className="messages-empty soft"
    >
      Nothing has been written yet.
    </div>
  );
}

/** The rows that are laid out. */
function MessageRows({ list, mode, mark, chosen }: Props & { readonly list: ListWindow }) {
  const { feed, at } = useStreamView();
  const { rowCount, kind } = useFeed(feed);
  return (
    <div className="messages-rows" role="presentation" style={{ height: list.height }}>
      {list.items.map(({ index, start }) => {
        const number = list.first + index;
        const row = feed.row(number);
        const isLater = at !== undefined && row !== undefined && row.position >= at;
        const isChosen = number === chosen;
        return (
          <MessageRow
            key={number}
            {...{ number, count: rowCount, row, top: start, isChosen, isLater, kind, mode, mark }}
          />
        );
      })}
    </div>
  );
}
