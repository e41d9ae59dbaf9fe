/** What bots want: each looks for the loop that brings it most for its way. Pure. */
import type { Board } from "../shared/board.ts";
import { type Cell, isOnBoard } from "../shared/rules.ts";

export type Character = "destroyer" | "explorer" | "greedy" | "balanced";

interface Taste {
  /** Sides of its loops, cells. */
  readonly min: number;
  readonly max: number;
  /** What a cell is worth that is nobody's, and one that is somebody else's. */
  readonly free: number;
  readonly others: number;
  /** How far from where it stands a loop may begin, cells. */
  readonly reach: number;
}

const TASTES: Readonly<Record<Character, Taste>> = {
  destroyer: { min: 4, max: 10, free: 0.4, others: 2, reach: 12 },
  explorer: { min: 6, max: 14, free: 1, others: 0.6, reach: 16 },
  greedy: { min: 3, max: 6, free: 1, others: 0.8, reach: 4 },
  balanced: { min: 4, max: 9, free: 1, others: 1, reach: 8 },
};

/** All of them, in the order in which they come into a room. */
export const CHARACTERS: readonly Character[] = ["balanced", "greedy", "explorer", "destroyer"];

/** Loops that are compared before one is chosen. */
const CANDIDATES = 24;

/**
 * The corners of the best of a few random rectangles, in the order in which they are to be walked.
 *
 * @param random [0, 1)
 */
export function chooseLoop(
  board: Board,
  id: string,
  from: Cell,
  character: Character,
  random: () => number,
): Cell[] {
  const taste = TASTES[character];
  let best: { readonly worth: number; readonly corners: Cell[] } | undefined;
  for (let attempt = 0; attempt < CANDIDATES; attempt++) {
    const corners = rectangle(from, taste, random);
    if (!corners.every((corner) => isOnBoard(corner, board.size))) continue;
    const worth = worthOf(board, id, from, corners, taste);
    if (best === undefined || worth > best.worth) best = { worth, corners };
  }
  return best?.corners ?? [{ x: Math.floor(board.size / 2), y: Math.floor(board.size / 2) }];
}

function rectangle(from: Cell, { min, max, reach }: Taste, random: () => number): Cell[] {
  const any = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const [x, y] = [from.x + any(-reach, reach), from.y + any(-reach, reach)];
  const [width, height] = [
    any(min, max) * (random() < 0.5 ? 1 : -1),
    any(min, max) * (random() < 0.5 ? 1 : -1),
  ];
  const start = { x, y };
  return [start, { x: x + width, y }, { x: x + width, y: y + height }, { x, y: y + height }, start];
}

/** What a loop brings for each step. */
function worthOf(board: Board, id: string, from: Cell, corners: readonly Cell[], taste: Taste): number {
  const [start, , opposite] = corners as [Cell, Cell, Cell];
  const [left, right] = [Math.min(start.x, opposite.x), Math.max(start.x, opposite.x)];
  const [top, bottom] = [Math.min(start.y, opposite.y), Math.max(start.y, opposite.y)];
  let worth = 0;
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const owner = board.ownerAt({ x, y });
      if (owner === undefined) worth += taste.free;
      else if (owner !== id) worth += taste.others;
    }
  const way = Math.abs(start.x - from.x) + Math.abs(start.y - from.y);
  return worth / (way + 2 * (right - left + bottom - top));
}
