import type { Row, RowKind } from "../feed/cut-rows.ts";
import { hexDump, hexLine } from "./hex.ts";
import { jsonTokens, prettyJson } from "./json-tokens.ts";
import type { ViewMode } from "./view-mode.ts";

const decoder = new TextDecoder();

/** What a line of the list shows of a message at most, bytes. */
const PREVIEW_BYTES = 400;
/** What the inspector shows of a message at most, bytes: an element's text has to be laid out at once. */
const WHOLE_BYTES = 256 * 1024;

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
  return kind === "json" && mode === "pretty" ? <Tokens text={text} /> : text;
}

/** A message in full, up to a bound that says so. */
export function MessageBody({ row, kind, mode }: Omit<Props, "mark">) {
  const bytes = row.bytes.subarray(0, WHOLE_BYTES);
  const isCut = row.bytes.length > bytes.length;
  const text = decoder.decode(bytes);
  return (
    <>
      {mode === "hex" || (kind === "binary" && mode === "pretty") ? (
        hexDump(bytes)
      ) : kind === "json" && mode === "pretty" ? (
        <Tokens text={prettyJson(text)} />
      ) : (
        text
      )}
      {isCut && <span className="soft">{`\n… ${row.bytes.length - bytes.length} bytes more`}</span>}
    </>
  );
}

function Tokens({ text }: { readonly text: string }) {
  let at = 0;
  return jsonTokens(text).map(({ kind, text: piece }) => {
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
