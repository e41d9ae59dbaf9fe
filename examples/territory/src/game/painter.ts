/** Draws the board: cells, players, what has just been taken, and a small map where the board is larger than the view. */
import type { Board } from "../../shared/board.ts";
import type { Game, PlayerState } from "../../shared/game.ts";
import type { Cell } from "../../shared/rules.ts";

/** A cell is drawn no smaller than this, CSS pixels; the view then follows the player. */
const MIN_CELL = 9;
const GRID_UP_TO = 100;
/** How long a cell lights up after it was taken, ms. */
const FLASH_MS = 450;
const MAP_PX = 88;

interface Theme {
  readonly ground: string;
  readonly grid: string;
  readonly ink: string;
  readonly flash: string;
}

const LIGHT: Theme = { ground: "#ffffff", grid: "#eceae4", ink: "#14120f", flash: "#ffffff" };
const DARK: Theme = { ground: "#15171c", grid: "#20232a", ink: "#f5f5f4", flash: "#ffffff" };

export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #board: Board;
  readonly #game: Game;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  /** When each cell was last taken, by `performance.now()`. */
  readonly #takenAt: Float64Array;
  /** Where players are drawn, on their way from cell to cell. */
  readonly #drawn = new Map<string, { x: number; y: number }>();
  #cell = MIN_CELL;
  /** The point of the board at the view's upper left, in cells. */
  #origin = { x: 0, y: 0 };

  constructor(canvas: HTMLCanvasElement, game: Game) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d")!;
    this.#game = game;
    this.#board = game.board;
    this.#takenAt = new Float64Array(this.#board.owners.length).fill(-FLASH_MS);
    this.#board.onChange((changed) => {
      const now = performance.now();
      for (const index of changed) this.#takenAt[index] = now;
    });
  }

  /** The cell at a point of the page. */
  cellAt(x: number, y: number): Cell {
    const { left, top } = this.#canvas.getBoundingClientRect();
    return {
      x: Math.floor((x - left) / this.#cell + this.#origin.x),
      y: Math.floor((y - top) / this.#cell + this.#origin.y),
    };
  }

  draw(now: number): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = devicePixelRatio;
    if (
      this.#canvas.width !== Math.round(width * ratio) ||
      this.#canvas.height !== Math.round(height * ratio)
    ) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
    }
    this.#look(width, height);
    const theme = this.#dark.matches ? DARK : LIGHT;
    const context = this.#context;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.translate(-this.#origin.x * this.#cell, -this.#origin.y * this.#cell);
    this.#drawGround(theme);
    this.#drawCells(now, theme, width, height);
    for (const [id, player] of this.#game.players) this.#drawPlayer(id, player, now, theme);
    for (const id of this.#drawn.keys()) if (!this.#game.players.has(id)) this.#drawn.delete(id);
    const isPart = this.#cell * this.#board.size > Math.min(width, height) + 1;
    if (isPart) this.#drawMap(width, height, ratio, theme);
  }

  /** How large cells are, and which part of the board is seen. */
  #look(width: number, height: number): void {
    const { size } = this.#board;
    this.#cell = Math.max(MIN_CELL, Math.min(width, height) / size);
    const seen = { x: width / this.#cell, y: height / this.#cell };
    const me = this.#drawn.get(this.#game.id) ?? this.#game.me ?? { x: size / 2, y: size / 2 };
    const along = (at: number, part: number): number =>
      part >= size ? (size - part) / 2 : Math.min(size - part, Math.max(0, at + 0.5 - part / 2));
    this.#origin = { x: along(me.x, seen.x), y: along(me.y, seen.y) };
  }

  #drawGround({ ground, grid }: Theme): void {
    const context = this.#context;
    const side = this.#board.size * this.#cell;
    context.fillStyle = ground;
    context.fillRect(0, 0, side, side);
    if (this.#board.size > GRID_UP_TO) return;
    context.strokeStyle = grid;
    context.lineWidth = 1;
    context.beginPath();
    for (let at = 0; at <= this.#board.size; at++) {
      context.moveTo(at * this.#cell, 0);
      context.lineTo(at * this.#cell, side);
      context.moveTo(0, at * this.#cell);
      context.lineTo(side, at * this.#cell);
    }
    context.stroke();
  }

  #drawCells(now: number, { flash }: Theme, width: number, height: number): void {
    const { size, owners } = this.#board;
    const context = this.#context;
    const cell = this.#cell;
    const [left, top] = [Math.max(0, Math.floor(this.#origin.x)), Math.max(0, Math.floor(this.#origin.y))];
    const right = Math.min(size, Math.ceil(this.#origin.x + width / cell));
    const bottom = Math.min(size, Math.ceil(this.#origin.y + height / cell));
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) {
        const index = y * size + x;
        const owner = owners[index]!;
        if (owner === 0) continue;
        context.globalAlpha = 0.82;
        context.fillStyle = this.#colorOf(owner);
        context.fillRect(x * cell, y * cell, cell + 0.5, cell + 0.5);
        this.#drawEdges(x, y, owner);
        const age = this.#isStill ? 1 : (now - this.#takenAt[index]!) / FLASH_MS;
        if (age >= 1) continue;
        context.globalAlpha = 0.75 * (1 - age);
        context.fillStyle = flash;
        context.fillRect(x * cell, y * cell, cell + 0.5, cell + 0.5);
      }
    context.globalAlpha = 1;
  }

  /** A territory has a darker rim. */
  #drawEdges(x: number, y: number, owner: number): void {
    const { size, owners } = this.#board;
    const cell = this.#cell;
    const rim = Math.max(1.5, cell * 0.14);
    const isOther = (dx: number, dy: number): boolean =>
      x + dx < 0 ||
      y + dy < 0 ||
      x + dx >= size ||
      y + dy >= size ||
      owners[(y + dy) * size + x + dx] !== owner;
    this.#context.globalAlpha = 1;
    if (isOther(0, -1)) this.#context.fillRect(x * cell, y * cell, cell + 0.5, rim);
    if (isOther(0, 1)) this.#context.fillRect(x * cell, (y + 1) * cell - rim, cell + 0.5, rim);
    if (isOther(-1, 0)) this.#context.fillRect(x * cell, y * cell, rim, cell + 0.5);
    if (isOther(1, 0)) this.#context.fillRect((x + 1) * cell - rim, y * cell, rim, cell + 0.5);
  }

  #drawPlayer(id: string, player: PlayerState, now: number, { ink, ground }: Theme): void {
    const at = this.#glide(id, player);
    const cell = this.#cell;
    const context = this.#context;
    const [x, y] = [(at.x + 0.5) * cell, (at.y + 0.5) * cell];
    const radius = Math.max(6, cell * 0.62);
    const isMe = id === this.#game.id;
    const isStunned = this.#game.isStunned(player);
    const shake = isStunned && !this.#isStill ? Math.sin(now / 25) * 2 : 0;
    context.save();
    context.translate(x + shake, y);
    context.shadowColor = "rgb(0 0 0 / 0.35)";
    context.shadowBlur = 6;
    context.beginPath();
    context.arc(0, 0, radius, 0, Math.PI * 2);
    context.fillStyle = safeColor(player.color);
    context.fill();
    context.shadowBlur = 0;
    context.lineWidth = isMe ? 3 : 2;
    context.strokeStyle = isMe ? ink : ground;
    context.stroke();
    if (isStunned) this.#drawText("✶", 0, radius * 0.35, radius * 1.5, "#ffffff", safeColor(player.color));
    this.#drawText(isMe ? "You" : String(player.name).slice(0, 16), 0, -radius - 5, 12, ink, ground);
    context.restore();
  }

  #drawText(text: string, x: number, y: number, px: number, color: string, halo: string): void {
    const context = this.#context;
    context.font = `600 ${px}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = halo;
    context.strokeText(text, x, y);
    context.fillStyle = color;
    context.fillText(text, x, y);
  }

  /** Half of the rest of the way with each frame; a leap is taken at once. */
  #glide(id: string, { x, y }: PlayerState): { x: number; y: number } {
    const drawn = this.#drawn.get(id);
    const isNear = drawn !== undefined && Math.hypot(x - drawn.x, y - drawn.y) < 4 && !this.#isStill;
    const next = isNear ? { x: drawn.x + (x - drawn.x) * 0.3, y: drawn.y + (y - drawn.y) * 0.3 } : { x, y };
    this.#drawn.set(id, next);
    return next;
  }

  #drawMap(width: number, height: number, ratio: number, { ground, ink }: Theme): void {
    const { size, owners } = this.#board;
    const context = this.#context;
    const step = MAP_PX / size;
    context.setTransform(ratio, 0, 0, ratio, (width - MAP_PX - 10) * ratio, (height - MAP_PX - 10) * ratio);
    context.globalAlpha = 0.9;
    context.fillStyle = ground;
    context.fillRect(-3, -3, MAP_PX + 6, MAP_PX + 6);
    for (let index = 0; index < owners.length; index++) {
      if (owners[index] === 0) continue;
      context.fillStyle = this.#colorOf(owners[index]!);
      context.fillRect((index % size) * step, Math.floor(index / size) * step, step + 0.3, step + 0.3);
    }
    context.globalAlpha = 1;
    context.strokeStyle = ink;
    context.lineWidth = 1;
    const [x, y] = [Math.max(0, this.#origin.x), Math.max(0, this.#origin.y)];
    const [seenX, seenY] = [Math.min(size, width / this.#cell), Math.min(size, height / this.#cell)];
    context.strokeRect(x * step, y * step, seenX * step, seenY * step);
  }

  #colorOf(owner: number): string {
    const id = this.#board.idOf(owner);
    return safeColor((id && this.#game.players.get(id)?.color) || "#9ca3af");
  }
}

/** What peers store may be anything. */
function safeColor(color: unknown): string {
  return typeof color === "string" && /^#[0-9a-f]{6}$/.test(color) ? color : "#9ca3af";
}
