import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { Icon } from "../design/Icon.tsx";
import type { Row, RowKind } from "../feed/cut-rows.ts";
import { formatCount } from "../format/sizes.ts";
import { type BodyLine, foldable, jsonLines, textLines, unfoldedLines } from "./body-lines.ts";
import { hexDump } from "./hex.ts";
import { type Marks, Tokens } from "./MessageText.tsx";
import type { ViewMode } from "./view-mode.ts";

const decoder = new TextDecoder();

/** What is shown of a message at most, bytes. */
const WHOLE_BYTES = 1024 * 1024;

/** Of one line that is not wrapped. */
const LINE_HEIGHT = 20;

const NOTHING: ReadonlySet<number> = new Set();

interface Props {
  readonly row: Row;
  readonly kind: RowKind;
  readonly mode: ViewMode;
  readonly marks: Marks | undefined;
}

/** A message in full, up to a bound that says so. Only lines in view are elements, so a long one costs no more than a short one. */
export function MessageBody({ row, kind, mode, marks }: Props) {
  const lines = useMemo(() => linesOf(row.bytes.subarray(0, WHOLE_BYTES), kind, mode), [row, kind, mode]);
  const folds = useMemo(() => foldable(lines), [lines]);
  const [folded, setFolded] = useState(NOTHING);
  const shown = useMemo(() => unfoldedLines(lines, folded), [lines, folded]);
  const toggle = (index: number): void => {
    const next = new Set(folded);
    if (!next.delete(index)) next.add(index);
    setFolded(next);
  };
  const more = row.bytes.length - WHOLE_BYTES;
  return (
    <>
      {folds.size > 0 && (
        <div className="inspector-folds small">
          <button type="button" className="quiet small" onClick={() => setFolded(folds)}>
            Fold all
          </button>
          <button
            type="button"
            className="quiet small"
            disabled={folded.size === 0}
            onClick={() => setFolded(NOTHING)}
          >
            Unfold all
          </button>
        </div>
      )}
      <Lines {...{ lines, shown, folded, marks }} onToggle={toggle} />
      {more > 0 && <p className="soft small inspector-cut">{formatCount(more)} bytes more are not shown.</p>}
    </>
  );
}

function linesOf(bytes: Uint8Array, kind: RowKind, mode: ViewMode): readonly BodyLine[] {
  if (mode === "hex" || (kind === "binary" && mode === "pretty")) return textLines(hexDump(bytes));
  const text = decoder.decode(bytes);
  return kind === "json" && mode === "pretty" ? jsonLines(text) : textLines(text);
}

interface LinesProps {
  readonly lines: readonly BodyLine[];
  /** Which of them are to be seen. */
  readonly shown: readonly number[];
  readonly folded: ReadonlySet<number>;
  readonly marks: Marks | undefined;
  readonly onToggle: (index: number) => void;
}

function Lines({ lines, shown, folded, marks, onToggle }: LinesProps) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: (at) => shown[at]!,
    overscan: 10,
  });
  return (
    // A region that scrolls has to be reachable by keyboard.
    <section ref={scroller} className="inspector-body mono" aria-label="Content" tabIndex={0}>
      <div className="body-lines" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index: at, start }) => {
          const index = shown[at]!;
          return (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={at}
              className="body-line"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Line
                line={lines[index]!}
                isFolded={folded.has(index)}
                isLast={at === shown.length - 1}
                marks={marks}
                onToggle={() => onToggle(index)}
              />
            </div>
          );
        })}
      </div>
    </section>
  );
}

interface LineProps {
  readonly line: BodyLine;
  readonly isFolded: boolean;
  readonly isLast: boolean;
  readonly marks: Marks | undefined;
  readonly onToggle: () => void;
}

function Line({ line, isFolded, isLast, marks, onToggle }: LineProps) {
  return (
    <>
      {line.closesAt !== undefined && (
        <button
          type="button"
          className={isFolded ? "fold folded" : "fold"}
          aria-label={isFolded ? "Unfold" : "Fold"}
          aria-expanded={!isFolded}
          onClick={onToggle}
        >
          <Icon name="down" />
        </button>
      )}
      <Tokens tokens={line.tokens()} marks={marks} />
      {isFolded && <span className="soft"> …</span>}
      {!isLast && "\n"}
    </>
  );
}
