/** Tools that look. */
import { z } from "zod";
import { failed, type Tool, tool } from "./tool.ts";

const getDocument = tool(
  "get_document_snapshot",
  "Reads the document as plain text, or a part of it. Blocks are separated by line breaks.",
  z.object({
    startChar: z.number().int().min(0).default(0),
    maxChars: z.number().int().min(200).max(12_000).default(6_000),
  }),
  (desk, { startChar, maxChars }) => {
    const { text } = desk.flat();
    const part = text.slice(startChar, startChar + maxChars);
    return {
      result: { text: part, totalChars: text.length, isAll: part.length === text.length },
      summary: `read ${part.length} of ${text.length} characters`,
    };
  },
);

const getSelection = tool(
  "get_selection_snapshot",
  "Reads what is selected: by the person who asked, unless you have selected something else.",
  z.object({}),
  (desk) => {
    const flat = desk.flat();
    const range = desk.selection && desk.offsetsOf(flat, desk.selection);
    if (range === undefined || range[0] === range[1])
      return { result: { selection: null }, summary: "nothing is selected" };
    const text = flat.text.slice(...range);
    return { result: { selection: text }, summary: `read the selection, ${text.length} characters` };
  },
);

const getCursorContext = tool(
  "get_cursor_context",
  "Reads what is before and after your cursor.",
  z.object({
    maxCharsBefore: z.number().int().min(0).max(1000).default(300),
    maxCharsAfter: z.number().int().min(0).max(1000).default(300),
  }),
  (desk, { maxCharsBefore, maxCharsAfter }) => {
    const flat = desk.flat();
    const at = desk.cursorOffset(flat);
    const before = flat.text.slice(Math.max(0, at - maxCharsBefore), at);
    const after = flat.text.slice(at, at + maxCharsAfter);
    return { result: { before, after }, summary: "read around the cursor" };
  },
);

const searchText = tool(
  "search_text",
  "Finds a text, whatever its case. Each find has a matchId, which stays right while others write.",
  z.object({ query: z.string().min(1).max(200), maxResults: z.number().int().min(1).max(20).default(10) }),
  (desk, { query, maxResults }) => {
    const flat = desk.flat();
    const matches = [];
    for (const at of occurrences(flat.text, query)) {
      if (matches.length === maxResults) break;
      const matchId = desk.remember(flat, at, at + query.length);
      if (matchId === undefined) return failed("too many finds are remembered already");
      const context = flat.text.slice(Math.max(0, at - 40), at + query.length + 40);
      matches.push({ matchId, context });
    }
    return { result: { matches }, summary: `found “${query}” ${matches.length} times` };
  },
);

function* occurrences(text: string, query: string): Generator<number> {
  const [all, sought] = [text.toLowerCase(), query.toLowerCase()];
  for (let at = all.indexOf(sought); at >= 0; at = all.indexOf(sought, at + sought.length)) yield at;
}

export const READING: readonly Tool[] = [getDocument, getSelection, getCursorContext, searchText];
