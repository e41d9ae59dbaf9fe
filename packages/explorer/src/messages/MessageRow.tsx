import type { Row, RowKind } from "../feed/cut-rows.ts";
import { jsonOf, valueAt, valueText } from "../find/json-rows.ts";
import { type Marks, MessagePreview, plain, Tokens } from "./MessageText.tsx";
import type { ViewMode } from "./view-mode.ts";

interface Props {
  /** Its place in the list, and how many there are. */
  readonly place: number;
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
  readonly marks: Marks | undefined;
  /** Fields that are shown in place of the message; none: all of it. */
  readonly columns: readonly string[];
}

/** One line of the list: where a message begins, and what it begins with. */
export function MessageRow({ place, count, row, top, isChosen, isLater, kind, mode, marks, columns }: Props) {
  return (
    <div
      id={`message-${place}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={place + 1}
      className={isLater ? "message later" : "message"}
      data-row={place}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className="message-position">{row?.position}</span>
      {columns.length > 0 && row !== undefined ? (
        <Cells row={row} columns={columns} marks={marks} />
      ) : (
        <span className="message-preview">
          {row === undefined ? "…" : <MessagePreview {...{ row, kind, mode, marks }} />}
        </span>
      )}
    </div>
  );
}

/** Of a cell at most this many characters. */
const CELL_CHARACTERS = 200;

interface CellsProps {
  readonly row: Row;
  readonly columns: readonly string[];
  readonly marks: Marks | undefined;
}

function Cells({ row, columns, marks }: CellsProps) {
  const value = jsonOf(row);
  return (
    <span className="message-cells">
      {columns.map((column) => (
        <span key={column}>
          <Tokens tokens={plain(valueText(valueAt(value, column)).slice(0, CELL_CHARACTERS))} marks={marks} />
        </span>
      ))}
    </span>
  );
}
