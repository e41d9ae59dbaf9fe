/** The rules of the game: numbers, and what follows from a board. Pure. */

export const MOVE_MS = 120;
export const STUN_MS = 1_500;
export const GAME_MS = 120_000;
/** The share of all cells that wins at once. */
export const WINNING_SHARE = 0.3;
export const BOARD_SIZES = [32, 64, 128] as const;

export interface Cell {
  readonly x: number;
  readonly y: number;
}

export type Direction = "up" | "down" | "left" | "right";

const STEPS: Readonly<Record<Direction, Cell>> = {
  up: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
};

export function stepped({ x, y }: Cell, direction: Direction): Cell {
  const step = STEPS[direction];
  return { x: x + step.x, y: y + step.y };
}

/** The direction that brings one nearer, along the longer side first; undefined if one is there. */
export function directionTo(from: Cell, to: Cell): Direction | undefined {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (dx === 0 && dy === 0) return undefined;
  if (Math.abs(dx) >= Math.abs(dy)) return dx > 0 ? "right" : "left";
  return dy > 0 ? "down" : "up";
}

export function isOnBoard({ x, y }: Cell, size: number): boolean {
  return x >= 0 && y >= 0 && x < size && y < size;
}

/** Cells that win at once. */
export function winningCells(size: number): number {
  return Math.ceil(size * size * WINNING_SHARE);
}

/**
 * Cells that are not one's own and cannot be reached from the border, in four directions, without crossing one's own: what a
 * closed loop takes.
 *
 * @param owners of all cells, row by row
 * @returns their indices
 */
export function enclosed(owners: ArrayLike<number>, size: number, owner: number): number[] {
  const reached = new Uint8Array(size * size);
  const stack: number[] = [];
  const reach = (index: number): void => {
    if (reached[index] === 1 || owners[index] === owner) return;
    reached[index] = 1;
    stack.push(index);
  };
  for (let at = 0; at < size; at++)
    for (const index of [at, (size - 1) * size + at, at * size, at * size + size - 1]) reach(index);
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    const x = index % size;
    if (x > 0) reach(index - 1);
    if (x < size - 1) reach(index + 1);
    if (index >= size) reach(index - size);
    if (index < size * (size - 1)) reach(index + size);
  }
  const inside: number[] = [];
  for (let index = 0; index < reached.length; index++)
    if (reached[index] === 0 && owners[index] !== owner) inside.push(index);
  return inside;
}

/** A room's id says how large its board is. */
export interface Room {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

const ROOM_ID = /^([a-z0-9-]{1,40})__(\d{2,3})x(\d{2,3})$/;

/** A room by its id; undefined if it is none. */
export function parseRoom(id: string): Room | undefined {
  const [, name, width, height] = ROOM_ID.exec(id) ?? [];
  const size = Number(width);
  const isSize = width === height && BOARD_SIZES.some((each) => each === size);
  return name !== undefined && isSize ? { id, name, size } : undefined;
}

/** The id of a room with a name that somebody has typed. */
export function roomId(name: string, size: number): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return `${plain.replace(/-+$/, "") || "room"}__${size}x${size}`;
}

/** Colours of players: far enough apart, and from the board, in light and in dark. */
export const COLORS = [
  ...["#2563eb", "#ea580c", "#16a34a", "#db2777", "#7c3aed", "#0891b2", "#ca8a04", "#dc2626"],
] as const;
