/** Markdown as blocks: what models write, and no HTML. Text that is cut off, as an answer under way is, has a meaning, too. */

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "rule" }
  | { readonly kind: "quote"; readonly blocks: readonly Block[] }
  | {
      readonly kind: "list";
      /** The number of its first item; undefined: it has none. */
      readonly start: number | undefined;
      readonly items: readonly (readonly Block[])[];
    }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})\s(.*)$/;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const ITEM = /^( {0,3})([-*+]|(\d{1,9})[.)])(\s+|$)/;
const QUOTE = /^ {0,3}> ?/;
const TABLE_RULE = /^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$/;

/** Blocks within blocks at most; what lies deeper is a paragraph. */
const DEPTH_MAX = 8;

/** Parses a text into blocks. */
export function parseBlocks(text: string): Block[] {
  return blocksOf(text.replaceAll("\r\n", "\n").split("\n"), 0);
}

/** Takes lines from `at` on. Returns the block, and where it ends. */
type Reader = (lines: readonly string[], at: number, depth: number) => readonly [Block, number] | undefined;

const READERS: readonly Reader[] = [readCode, readHeading, readRule, readQuote, readList, readTable];

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: "paragraph", text: paragraph.join("\n") });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    const found = depth < DEPTH_MAX ? firstOf(lines, at, depth) : undefined;
    if (found !== undefined || line.trim() === "") flush();
    if (found !== undefined) blocks.push(found[0]);
    else if (line.trim() !== "") paragraph.push(line.trim());
    at = found?.[1] ?? at + 1;
  }
  flush();
  return blocks;
}

function firstOf(lines: readonly string[], at: number, depth: number): readonly [Block, number] | undefined {
  for (const read of READERS) {
    const found = read(lines, at, depth);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readCode(lines: readonly string[], at: number): readonly [Block, number] | undefined {
  const fence = FENCE.exec(lines[at]!)?.[1];
  if (fence === undefined) return undefined;
  let end = at + 1;
  // Without its end it goes to the end of the text: that is still being written.
  while (end < lines.length && !lines[end]!.trim().startsWith(fence)) end++;
  return [{ kind: "code", text: lines.slice(at + 1, end).join("\n") }, end + 1];
}

function readHeading(lines: readonly string[], at: number): readonly [Block, number] | undefined {
  const match = HEADING.exec(lines[at]!);
  if (match === null) return undefined;
  const text = match[2]!.trim();
  let end = text.length;
  while (text[end - 1] === "#") end--;
  return [{ kind: "heading", level: match[1]!.length, text: text.slice(0, end).trim() }, at + 1];
}

function readRule(lines: readonly string[], at: number): readonly [Block, number] | undefined {
  return RULE.test(lines[at]!) ? [{ kind: "rule" }, at + 1] : undefined;
}

function readQuote(
  lines: readonly string[],
  at: number,
  depth: number,
): readonly [Block, number] | undefined {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end]!)) end++;
  if (end === at) return undefined;
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ""));
  return [{ kind: "quote", blocks: blocksOf(inner, depth + 1) }, end];
}

function readList(lines: readonly string[], at: number, depth: number): readonly [Block, number] | undefined {
  const first = ITEM.exec(lines[at]!);
  if (first === null) return undefined;
  const isNumbered = first[3] !== undefined;
  const items: string[][] = [];
  let end = at;
  for (; end < lines.length; end++) {
    const line = lines[end]!;
    const item = ITEM.exec(line);
    const indent = first[1]!.length + 2;
    if (item !== null && (item[3] !== undefined) === isNumbered && item[1]!.length < indent)
      items.push([line.slice(item[0].length)]);
    else if (/^(?: {2,}|\t)/.test(line)) items.at(-1)!.push(line.replace(/^(?: {2,4}|\t)/, ""));
    else if (line.trim() !== "" || !/^(?: {2,}|\t)|^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/.test(lines[end + 1] ?? ""))
      break;
    else items.at(-1)!.push("");
  }
  const start = isNumbered ? Number(first[3]) : undefined;
  return [{ kind: "list", start, items: items.map((item) => blocksOf(item, depth + 1)) }, end];
}

function readTable(lines: readonly string[], at: number): readonly [Block, number] | undefined {
  if (!lines[at]!.includes("|") || !TABLE_RULE.test((lines[at + 1] ?? "").trim())) return undefined;
  const head = cellsOf(lines[at]!);
  if (cellsOf(lines[at + 1]!).length !== head.length) return undefined;
  let end = at + 2;
  while (end < lines.length && lines[end]!.includes("|")) end++;
  return [{ kind: "table", head, rows: lines.slice(at + 2, end).map(cellsOf) }, end];
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}
