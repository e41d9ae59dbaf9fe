import type { Row, RowKind } from "../feed/cut-rows.ts";
import { hexLine } from "./hex.ts";
import { jsonTokens, type Token } from "./json-tokens.ts";
import type { ViewMode } from "./view-mode.ts";

const decoder = new TextDecoder();

/** What a line of the list shows of a message at most, bytes. */
const PREVIEW_BYTES = 400;

interface Props {
  readonly row: Row;
  readonly kind: RowKind;
  readonly mode: ViewMode;
  /** Text to mark; empty for none. */
  readonly mark: string;
}

/** A message in one line. Its content is text for the page, whatever it holds. */
export function MessagePreview({ row, kind, mode, mark }: Props) {
  const bytes = row.bytes.subarray(0, PREVIEW_BYTES);
  if (mode === "hex" || kind === "binary") return hexLine(bytes.subarray(0, 16));
  const text = decoder.decode(bytes).replace(/\s+/g, " ").trimEnd();
  if (mark !== "") return <Marked text={text} mark={mark} />;
  return kind === "json" && mode === "pretty" ? <Tokens tokens={jsonTokens(text)} /> : text;
}

/** Text in colours. */
export function Tokens({ tokens }: { readonly tokens: readonly Token[] }) {
  let at = 0;
  return tokens.map(({ kind, text: piece }) => {
    const key = at;
    at += piece.length;
    return (
      <span key={key} className={`json-${kind}`}>
        {piece}
      </span>
    );
  });
}

function Marked({ text, mark }: { readonly text: string; readonly mark: string }) {
  const at = text.toLowerCase().indexOf(mark.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + mark.length)}</mark>
      {text.slice(at + mark.length)}
    </>
  );
}
