import type { Row, RowKind } from "../feed/cut-rows.ts";
import type { Span } from "../find/regex/linear-regex.ts";
import { cutAtMarks } from "./cut-at-marks.ts";
import { hexLine } from "./hex.ts";
import { jsonTokens, type Token } from "./json-tokens.ts";
import type { ViewMode } from "./view-mode.ts";

const decoder = new TextDecoder();

/** What a line of the list shows of a message at most, bytes. */
const PREVIEW_BYTES = 400;

/** What is marked in a text: parts in order. */
export type Marks = (text: string) => readonly Span[];

interface Props {
  readonly row: Row;
  readonly kind: RowKind;
  readonly mode: ViewMode;
  readonly marks: Marks | undefined;
}

/** A message in one line. Its content is text for the page, whatever it holds. */
export function MessagePreview({ row, kind, mode, marks }: Props) {
  const bytes = row.bytes.subarray(0, PREVIEW_BYTES);
  if (mode === "hex" || kind === "binary") return hexLine(bytes.subarray(0, 16));
  const text = decoder.decode(bytes).replace(/\s+/g, " ").trimEnd();
  const tokens = kind === "json" && mode === "pretty" ? jsonTokens(text) : plain(text);
  return <Tokens tokens={tokens} marks={marks} />;
}

/** A text without colours. */
export function plain(text: string): Token[] {
  return text === "" ? [] : [{ kind: "plain", text }];
}

interface TokensProps {
  readonly tokens: readonly Token[];
  readonly marks: Marks | undefined;
}

/** Text in colours, with what is marked in it. */
export function Tokens({ tokens, marks }: TokensProps) {
  const spans = marks?.(tokens.map(({ text }) => text).join("")) ?? [];
  return cutAtMarks(tokens, spans).map(({ kind, text, start, isMarked }) =>
    isMarked ? (
      <mark key={start} className={`json-${kind}`}>
        {text}
      </mark>
    ) : (
      <span key={start} className={`json-${kind}`}>
        {text}
      </span>
    ),
  );
}
