/** Tools that change the document. */
import { z } from "zod";
import type { BlockKind } from "../../document/markdown.ts";
import {
  convertBlock,
  DocumentWriter,
  formatRange,
  removeEmptied,
  removeRange,
} from "../../document/writer.ts";
import type { Desk } from "../desk.ts";
import { matchOffsets } from "./moving.ts";
import { failed, type Tool, type ToolResult, tool } from "./tool.ts";

const text = z.string().max(20_000);
const contentFormat = z.enum(["plain_text", "markdown"]).default("plain_text");

/** What is selected is deleted, and the cursor put where it was. */
function removeSelection(desk: Desk): number {
  const flat = desk.flat();
  const range = desk.selection && desk.offsetsOf(flat, desk.selection);
  if (range === undefined || range[0] === range[1]) return 0;
  const start = flat.anchorAt(range[0]);
  desk.edit(() => {
    removeRange(flat, ...range, desk.suggestedBy);
    removeEmptied(desk.peer.fragment, flat, ...range);
  });
  desk.moveTo(start);
  return range[1] - range[0];
}

const replaceMatches = tool(
  "replace_matches",
  "Replaces finds by another text.",
  z.object({ matchIds: z.array(z.string()).min(1).max(50), text, contentFormat }),
  (desk, { matchIds, text: replacement, contentFormat: format }) => {
    let replaced = 0;
    for (const id of matchIds) {
      const match = desk.matches.get(id);
      if (match === undefined || matchOffsets(desk, id) === undefined) continue;
      desk.select(match);
      removeSelection(desk);
      write(desk, replacement, format);
      replaced++;
    }
    if (replaced === 0) return failed("none of these matches is there");
    return { result: { replaced }, summary: `replaced ${replaced} by “${replacement}”` };
  },
);

const deleteSelection = tool("delete_selection", "Deletes what is selected.", z.object({}), (desk) => {
  const deleted = removeSelection(desk);
  return deleted === 0
    ? failed("nothing is selected")
    : { result: { deleted }, summary: `deleted ${deleted} characters` };
});

const insertText = tool(
  "insert_text",
  "Writes a short text at your cursor, instead of what is selected. For more than a sentence use start_streaming_edit.",
  z.object({ text: text.min(1), contentFormat }),
  (desk, { text: inserted, contentFormat: format }) => {
    removeSelection(desk);
    write(desk, inserted, format);
    return { result: { ok: true }, summary: `wrote ${inserted.length} characters` };
  },
);

function write(desk: Desk, inserted: string, format: "plain_text" | "markdown"): void {
  const pen = desk.pen(format);
  pen.push(inserted);
  pen.end();
}

const insertBreak = tool(
  "insert_paragraph_break",
  "Begins a new paragraph behind the block that your cursor is in.",
  z.object({}),
  (desk) => {
    desk.moveTo(desk.edit(() => newParagraph(desk)));
    return { result: { ok: true }, summary: "began a paragraph" };
  },
);

function newParagraph(desk: Desk) {
  const { fragment } = desk.peer;
  const writer = new DocumentWriter({ fragment, at: desk.cursor, suggestedBy: desk.suggestedBy });
  // The first one is the block that the cursor is in.
  writer.block({ kind: "paragraph" });
  writer.block({ kind: "paragraph" });
  return writer.place;
}

const BLOCKS: Readonly<Record<string, (level: number) => BlockKind>> = {
  paragraph: () => ({ kind: "paragraph" }),
  heading: (level) => ({ kind: "heading", level }),
  bullet_list: () => ({ kind: "bullet" }),
  ordered_list: () => ({ kind: "numbered" }),
};

const setFormat = tool(
  "set_format",
  "Formats what is selected (kind mark: bold, italic, code) or the block of your cursor (kind block: paragraph, heading, bullet_list, ordered_list).",
  z.object({
    kind: z.enum(["mark", "block"]),
    format: z.enum(["bold", "italic", "code", "paragraph", "heading", "bullet_list", "ordered_list"]),
    action: z.enum(["add", "remove", "set"]).default("add"),
    level: z.number().int().min(1).max(6).default(2),
  }),
  (desk, { kind, format, action, level }) => {
    if ((kind === "block") !== format in BLOCKS) return failed(`${format} is not a ${kind}`);
    return kind === "mark" ? setMark(desk, format, action !== "remove") : setBlock(desk, format, level);
  },
);

function setMark(desk: Desk, mark: string, isSet: boolean): ToolResult {
  const flat = desk.flat();
  const range = desk.selection && desk.offsetsOf(flat, desk.selection);
  if (range === undefined || range[0] === range[1]) return failed("nothing is selected");
  desk.edit(() => formatRange(flat, ...range, { [mark]: isSet ? {} : null }));
  return { result: { ok: true }, summary: `made it ${isSet ? "" : "not "}${mark}` };
}

function setBlock(desk: Desk, format: string, level: number): ToolResult {
  const { fragment } = desk.peer;
  const flat = desk.flat();
  const block = flat.blockAt(desk.cursorOffset(flat));
  if (block === undefined || block.element.parent !== fragment)
    return failed("this block is a part of another");
  const leaf = desk.edit(() => convertBlock(fragment, block.element, BLOCKS[format]!(level)));
  const now = desk.flat();
  desk.moveTo(now.anchorAt(now.blocks.find(({ element }) => element === leaf)!.end));
  return { result: { ok: true }, summary: `made it a ${format.replace("_", " ")}` };
}

const startStreaming = tool(
  "start_streaming_edit",
  "From now on what you say goes into the document at your cursor, not into the chat, until stop_streaming_edit or your next tool call. mode rewrite replaces what is selected; continue begins a new paragraph at the end of the block, insert writes where the cursor is.",
  z.object({
    mode: z.enum(["continue", "insert", "rewrite"]),
    contentFormat: z.enum(["plain_text", "markdown"]).default("markdown"),
  }),
  (desk, { mode, contentFormat: format }) => {
    if (mode === "rewrite") removeSelection(desk);
    if (mode === "continue") beginBehindBlock(desk);
    desk.streaming = format;
    desk.show();
    return { result: { ok: true, next: "Say the text itself, nothing else." }, summary: "began to write" };
  },
);

/** Puts the cursor where the next paragraph goes; an empty block is that place. */
function beginBehindBlock(desk: Desk): void {
  const flat = desk.flat();
  const block = flat.blockAt(desk.cursorOffset(flat));
  if (block === undefined || block.start === block.end) return;
  desk.moveTo(flat.anchorAt(block.end));
  desk.moveTo(desk.edit(() => newParagraph(desk)));
}

const stopStreaming = tool(
  "stop_streaming_edit",
  "What you say goes into the chat again.",
  z.object({}),
  (desk) => {
    desk.streaming = undefined;
    return { result: { ok: true }, summary: "stopped writing" };
  },
);

export const WRITING: readonly Tool[] = [
  ...[replaceMatches, deleteSelection, insertText, insertBreak, setFormat, startStreaming, stopStreaming],
];
