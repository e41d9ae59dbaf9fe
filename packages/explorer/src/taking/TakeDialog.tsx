import { type FormEvent, type ReactNode, useState } from "react";
import { Dialog } from "../design/Dialog.tsx";
import { DialogButtons } from "../design/DialogButtons.tsx";
import type { RowKind } from "../feed/cut-rows.ts";
import { useFeed } from "../feed/use-feed.ts";
import type { Find } from "../find/use-find.ts";
import { formatCount } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { FORMATS, type Format } from "./export-rows.ts";
import { useTaking } from "./use-taking.ts";
import "./taking.css";

interface Props {
  readonly find: Find;
  /** Fields that are shown as columns. */
  readonly columns: readonly string[];
  readonly onClose: () => void;
}

const FORMAT_NAMES: Readonly<Record<Format, string>> = {
  ndjson: "NDJSON, a message a line",
  csv: "CSV, for spreadsheets",
  json: "JSON, one array",
  raw: "As it was written",
};
const ROWS = { json: "message", text: "line", binary: "row" } as const;

/** Asks what to download, and as what. */
export function TakeDialog({ find, columns, onClose }: Props) {
  const { feed } = useStreamView();
  const { kind, rowCount } = useFeed(feed);
  const [format, setFormat] = useState<Format>(FORMATS[kind][0]!);
  const [what, setWhat] = useState<What>({
    isAll: true,
    from: "1",
    to: String(rowCount),
    isHits: find.isFilter,
  });
  const taking = useTaking(onClose);
  const bounds = what.isAll ? undefined : boundsOf(what, rowCount);
  const isWrong = !what.isAll && bounds === undefined;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isWrong) void taking.run({ format, columns, query: what.isHits ? find.query : undefined, bounds });
  };
  return (
    <Dialog title="Download" onClose={taking.leave}>
      <form className="taking" onSubmit={onSubmit}>
        <WhatField {...{ what, kind, rowCount, isWrong }} onChange={setWhat}>
          {find.query !== undefined && <HitsField {...{ what, text: find.text }} onChange={setWhat} />}
        </WhatField>
        <FormatField {...{ kind, format, columns }} onChoose={setFormat} />
        <DialogButtons
          action="Download"
          failure={taking.failure}
          isUnderWay={taking.share !== undefined}
          isReady={!isWrong && rowCount > 0}
          progress={taking.share}
          onCancel={taking.leave}
        />
      </form>
    </Dialog>
  );
}

/** What to download, as it is filled in. */
interface What {
  readonly isAll: boolean;
  /** Numbers of rows, from 1, as they are written. */
  readonly from: string;
  readonly to: string;
  readonly isHits: boolean;
}

interface WhatProps {
  readonly what: What;
  readonly kind: RowKind;
  readonly rowCount: number;
  readonly isWrong: boolean;
  readonly onChange: (what: What) => void;
  readonly children: ReactNode;
}

function WhatField({ what, kind, rowCount, isWrong, onChange, children }: WhatProps) {
  const set = (part: Partial<What>): void => onChange({ ...what, ...part });
  const use = (): void => set({ isAll: false });
  return (
    <fieldset>
      <legend>What</legend>
      <label>
        <input type="radio" checked={what.isAll} onChange={() => set({ isAll: true })} />
        All of the stream
      </label>
      <div className="taking-span">
        <label>
          <input type="radio" checked={!what.isAll} onChange={use} />
          From {ROWS[kind]}
        </label>
        <SpanField
          label={`First ${ROWS[kind]}`}
          value={what.from}
          onChange={(from) => set({ from, isAll: false })}
        />
        to
        <SpanField
          label={`Last ${ROWS[kind]}`}
          value={what.to}
          onChange={(to) => set({ to, isAll: false })}
        />
      </div>
      {isWrong && (
        <p className="small error" role="alert">
          Two numbers from 1 to {formatCount(rowCount)}, the smaller one first
        </p>
      )}
      {children}
    </fieldset>
  );
}

interface HitsProps {
  readonly what: What;
  readonly text: string;
  readonly onChange: (what: What) => void;
}

function HitsField({ what, text, onChange }: HitsProps) {
  return (
    <label>
      <input
        type="checkbox"
        checked={what.isHits}
        onChange={({ target }) => onChange({ ...what, isHits: target.checked })}
      />
      <span>
        Only hits of <code>{text}</code>
      </span>
    </label>
  );
}

interface FormatProps {
  readonly kind: RowKind;
  readonly format: Format;
  readonly columns: readonly string[];
  readonly onChoose: (format: Format) => void;
}

function FormatField({ kind, format, columns, onChoose }: FormatProps) {
  return (
    <>
      <label>
        As
        <select value={format} onChange={({ target }) => onChoose(target.value as Format)}>
          {FORMATS[kind].map((name) => (
            <option key={name} value={name}>
              {FORMAT_NAMES[name]}
            </option>
          ))}
        </select>
      </label>
      {format === "csv" && (
        <p className="small soft">
          {columns.length > 0
            ? `With the columns that are shown: ${columns.join(", ")}.`
            : "With a column for each field. Text that a spreadsheet would run gets an apostrophe before it."}
        </p>
      )}
    </>
  );
}

interface SpanFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function SpanField({ label, value, onChange }: SpanFieldProps) {
  return (
    <input
      aria-label={label}
      inputMode="numeric"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

/** Numbers of rows as people count, from 1, as numbers of rows [from, to); undefined if they are none. */
function boundsOf({ from, to }: What, rowCount: number): readonly [number, number] | undefined {
  const [first, last] = [Number(from), Number(to)];
  const isGood =
    Number.isInteger(first) && Number.isInteger(last) && first >= 1 && first <= last && last <= rowCount;
  return isGood ? [first - 1, last] : undefined;
}
