/** A message in lines, of which only those in view become elements, and which of them can be folded. */
import { jsonTokens, prettyJson, type Token } from "./json-tokens.ts";

/** A line, or a piece of one that is too long to be laid out at once. */
export interface BodyLine {
  readonly tokens: () => readonly Token[];
  /** The index of the line that closes what this one opens. */
  readonly closesAt: number | undefined;
}

/** Characters that are laid out as one element at most. */
const PIECE = 4000;

/** JSON with line breaks and indents; objects and lists can be folded. */
export function jsonLines(text: string): readonly BodyLine[] {
  const lines: { tokens: () => readonly Token[]; closesAt: number | undefined }[] = [];
  const open: number[] = [];
  for (const line of prettyJson(text).split("\n")) {
    const first = line.trimStart()[0];
    if (first === "}" || first === "]") {
      const opener = open.pop();
      if (opener !== undefined) lines[opener]!.closesAt = lines.length;
    }
    // What can be folded says so at its end, since no text in quotation marks ends like that.
    if (/[{[]$/.test(line)) open.push(lines.length);
    if (line.length <= PIECE) lines.push({ tokens: () => jsonTokens(line), closesAt: undefined });
    else
      for (const piece of pieces(jsonTokens(line))) lines.push({ tokens: () => piece, closesAt: undefined });
  }
  return lines;
}

/** Any text, as it is. */
export function textLines(text: string): readonly BodyLine[] {
  return text.split("\n").flatMap((line) => {
    if (line.length <= PIECE) return [plainLine(line)];
    return Array.from({ length: Math.ceil(line.length / PIECE) }, (_, index) =>
      plainLine(line.slice(index * PIECE, (index + 1) * PIECE)),
    );
  });
}

function plainLine(text: string): BodyLine {
  const tokens: readonly Token[] = [{ kind: "plain", text }];
  return { tokens: () => tokens, closesAt: undefined };
}

/** Tokens in runs of at most `PIECE` characters, long ones cut. */
function pieces(tokens: readonly Token[]): readonly Token[][] {
  const runs: Token[][] = [[]];
  let room = PIECE;
  for (const { kind, text } of tokens) {
    for (let from = 0; from < text.length; ) {
      if (room === 0) {
        runs.push([]);
        room = PIECE;
      }
      const part = text.slice(from, from + room);
      runs.at(-1)!.push({ kind, text: part });
      from += part.length;
      room -= part.length;
    }
  }
  return runs;
}

/** The indices of the lines that are shown when some are folded: of a folded one, the line that opens it. */
export function unfoldedLines(lines: readonly BodyLine[], folded: ReadonlySet<number>): readonly number[] {
  const shown: number[] = [];
  for (let index = 0; index < lines.length; index++) {
    shown.push(index);
    const { closesAt } = lines[index]!;
    if (closesAt !== undefined && folded.has(index)) index = closesAt;
  }
  return shown;
}

/** All that can be folded, but for the outermost. */
export function foldable(lines: readonly BodyLine[]): ReadonlySet<number> {
  return new Set([...lines.keys()].filter((index) => index > 0 && lines[index]!.closesAt !== undefined));
}
