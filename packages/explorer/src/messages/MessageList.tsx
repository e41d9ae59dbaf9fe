import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { Row } from "../feed/cut-rows.ts";
import { useFeed } from "../feed/use-feed.ts";
import { formatCount } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { WINDOW_ROWS, windowStart } from "./list-window.ts";
import { MessagePreview } from "./MessageText.tsx";
import type { ViewMode } from "./view-mode.ts";

const ROW_HEIGHT = 26;

interface Props {
  readonly mode: ViewMode;
  /** Text to mark. */
  readonly mark: string;
  /** The number of the row that is looked at; undefined: the tail is followed. */
  readonly chosen: number | undefined;
  /** Chooses a row; undefined: back to the tail. */
  readonly onChoose: (row: Row | undefined) => void;
}

/** All rows of the stream, of which those in sight are elements. At the tail it follows what comes. */
export function MessageList({ mode, mark, chosen, onChoose }: Props) {
  const { feed, at } = useStreamView();
  const { rowCount, kind } = useFeed(feed);
  const scroller = useRef<HTMLDivElement>(null);
  const [first, setFirst] = useState(0);
  const [isAtTail, setAtTail] = useState(true);
  const laidOut = Math.min(WINDOW_ROWS, rowCount - first);

  const virtual = useVirtualizer({
    count: laidOut,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });

  /** Brings a row into sight, and the window to it. */
  const reveal = useEffectEvent((row: number, align: "auto" | "end"): void => {
    const start = windowStart(first, row, rowCount);
    if (start !== first) setFirst(start);
    const height = scroller.current?.clientHeight ?? 0;
    const top = (row - start) * ROW_HEIGHT - (scroller.current?.scrollTop ?? 0);
    // A row next to those in sight is brought in, one from far away into the middle.
    const isFar = top < -ROW_HEIGHT || top > height;
    virtual.scrollToIndex(row - start, { align: align === "auto" && isFar ? "center" : align });
  });
  const isFollowing = at === undefined && isAtTail;
  useLayoutEffect(() => {
    if (isFollowing && rowCount > 0) reveal(rowCount - 1, "end");
  }, [isFollowing, rowCount]);
  useLayoutEffect(() => {
    if (chosen !== undefined && chosen >= 0) reveal(chosen, "auto");
  }, [chosen]);
  useEffect(() => {
    if (at === undefined) setAtTail(true);
  }, [at]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const isBottom = element.scrollHeight - element.scrollTop - element.clientHeight < ROW_HEIGHT;
    setAtTail(isBottom && first + laidOut >= rowCount);
    const visible = first + Math.floor(element.scrollTop / ROW_HEIGHT);
    const start = windowStart(first, visible, rowCount);
    if (start === first) return;
    setFirst(start);
    element.scrollTop -= (start - first) * ROW_HEIGHT;
  };
  const choose = (number: number): void => {
    const row = feed.row(Math.max(0, Math.min(rowCount - 1, number)));
    if (row !== undefined) onChoose(row);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = keyTarget(
      event.key,
      chosen,
      rowCount,
      Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT),
    );
    if (target === undefined) return;
    event.preventDefault();
    if (target === "now") onChoose(undefined);
    else choose(target);
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
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        {rowCount === 0 && (
          <div
            role="option"
            tabIndex={-1}
            aria-disabled="true"
            aria-selected="false"
            className="messages-empty soft"
          >
            Nothing has been written yet.
          </div>
        )}
        <div className="messages-rows" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const number = first + index;
            const row = feed.row(number);
            const isLater = at !== undefined && row !== undefined && row.position >= at;
            return (
              <div
                key={number}
                id={`message-${number}`}
                role="option"
                tabIndex={-1}
                aria-selected={number === chosen}
                aria-setsize={rowCount}
                aria-posinset={number + 1}
                className={isLater ? "message later" : "message"}
                data-row={number}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span className="message-position">{row === undefined ? "" : row.position}</span>
                <span className="message-preview">
                  {row === undefined ? "…" : <MessagePreview {...{ row, kind, mode, mark }} />}
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {at === undefined && !isAtTail && (
        <button type="button" className="messages-newest primary" onClick={() => setAtTail(true)}>
          Newest of {formatCount(rowCount)} ↓
        </button>
      )}
    </div>
  );
}

/** The row that a key leads to; `now`: back to the tail. */
function keyTarget(
  key: string,
  chosen: number | undefined,
  count: number,
  page: number,
): number | "now" | undefined {
  const from = chosen ?? count;
  switch (key) {
    case "ArrowDown":
    case "j":
      return chosen === undefined ? undefined : from + 1 >= count ? "now" : from + 1;
    case "ArrowUp":
    case "k":
      return from - 1;
    case "PageDown":
      return from + page;
    case "PageUp":
      return from - page;
    case "Home":
    case "g":
      return 0;
    case "End":
    case "G":
    case "Escape":
      return "now";
    default:
      return undefined;
  }
}
