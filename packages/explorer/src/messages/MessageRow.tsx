import type { Row, RowKind } from "../feed/cut-rows.ts";
import { MessagePreview } from "./MessageText.tsx";
import type { ViewMode } from "./view-mode.ts";

interface Props {
  /** Its number, and how many there are. */
  readonly number: number;
  readonly count: number;
  /** undefined while it is fetched. */
  readonly row: Row | undefined;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly isChosen: boolean;
  /** Whether it comes after the position that is looked at. */
  readonly isLater: boolean;
  readonly kind: RowKind;
  readonly mode: ViewMode;
  /** Text to mark. */
  readonly mark: string;
}

/** One line of the list: where a message begins, and what it begins with. */
export function MessageRow({ number, count, row, top, isChosen, isLater, kind, mode, mark }: Props) {
  return (
    <div
      id={`message-${number}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={number + 1}
      className={isLater ? "message later" : "message"}
      data-row={number}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className="message-position">{row?.position}</span>
      <span className="message-preview">
        {row === undefined ? "…" : <MessagePreview {...{ row, kind, mode, mark }} />}
      </span>
    </div>
  );
}
