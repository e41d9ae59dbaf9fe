/** Tools that move the cursor and select. */
import { z } from "zod";
import type { Desk } from "../desk.ts";
import { failed, type Tool, type ToolResult, tool } from "./tool.ts";

const matchId = z.string();
const edge = z.enum(["start", "end"]);

/** [from, to) of a find. */
export function matchOffsets(desk: Desk, id: string): readonly [number, number] | undefined {
  const match = desk.matches.get(id);
  return match && desk.offsetsOf(desk.flat(), match);
}

function selectOffsets(desk: Desk, from: number, to: number): ToolResult {
  const flat = desk.flat();
  const [anchor, head] = [flat.anchorAt(from), flat.anchorAt(to)];
  if (anchor === undefined || head === undefined) return failed("the document is empty");
  desk.select({ anchor, head });
  const text = flat.text.slice(from, to);
  return { result: { selected: text }, summary: `selected “${shortened(text)}”` };
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

const placeCursor = tool(
  "place_cursor",
  "Puts your cursor before or behind a find.",
  z.object({ matchId, edge: edge.default("end") }),
  (desk, { matchId: id, edge: side }) => {
    const range = matchOffsets(desk, id);
    if (range === undefined) return failed(`there is no match ${id}`);
    desk.moveTo(desk.flat().anchorAt(range[side === "start" ? 0 : 1]));
    return { result: { ok: true }, summary: "moved the cursor" };
  },
);

const placeAtBoundary = tool(
  "place_cursor_at_document_boundary",
  "Puts your cursor at the beginning or the end of the document.",
  z.object({ boundary: edge }),
  (desk, { boundary }) => {
    const flat = desk.flat();
    desk.moveTo(flat.anchorAt(boundary === "start" ? 0 : flat.text.length));
    return { result: { ok: true }, summary: `moved the cursor to the ${boundary}` };
  },
);

const selectText = tool("select_text", "Selects a find.", z.object({ matchId }), (desk, { matchId: id }) => {
  const range = matchOffsets(desk, id);
  return range === undefined ? failed(`there is no match ${id}`) : selectOffsets(desk, ...range);
});

const selectBlock = tool(
  "select_current_block",
  "Selects the paragraph, heading or item that your cursor is in.",
  z.object({}),
  (desk) => {
    const flat = desk.flat();
    const block = flat.blockAt(desk.cursorOffset(flat));
    return block === undefined
      ? failed("the document is empty")
      : selectOffsets(desk, block.start, block.end);
  },
);

const selectBetween = tool(
  "select_between_matches",
  "Selects from one find to another.",
  z.object({
    ...{ startMatchId: matchId, endMatchId: matchId },
    startEdge: edge.default("start"),
    endEdge: edge.default("end"),
  }),
  (desk, { startMatchId, endMatchId, startEdge, endEdge }) => {
    const [first, last] = [matchOffsets(desk, startMatchId), matchOffsets(desk, endMatchId)];
    if (first === undefined || last === undefined) return failed("one of these matches is not there");
    const [a, b] = [first[startEdge === "start" ? 0 : 1], last[endEdge === "start" ? 0 : 1]];
    return selectOffsets(desk, Math.min(a, b), Math.max(a, b));
  },
);

const clearSelection = tool("clear_selection", "Selects nothing.", z.object({}), (desk) => {
  desk.moveTo(desk.cursor);
  return { result: { ok: true }, summary: "cleared the selection" };
});

export const MOVING: readonly Tool[] = [
  ...[placeCursor, placeAtBoundary, selectText, selectBlock, selectBetween, clearSelection],
];
