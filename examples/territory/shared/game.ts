/** A game as one of its players takes part in it: the same for people and for bots. */
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import { Board } from "./board.ts";
import {
  type Cell,
  COLORS,
  type Direction,
  enclosed,
  GAME_MS,
  isOnBoard,
  MOVE_MS,
  STUN_MS,
  stepped,
  winningCells,
} from "./rules.ts";

/** What a player shares in the document. */
export interface PlayerState extends Cell {
  readonly name: string;
  readonly color: string;
  /** ms since 1970; until then nobody moves this player. */
  readonly stunnedUntil?: number | undefined;
}

export interface Standing {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly cells: number;
  readonly isBot: boolean;
}

/** How a game stands. */
export type Phase =
  | { readonly kind: "waiting" }
  | { readonly kind: "running"; readonly endsAt: number }
  | { readonly kind: "over"; readonly endedAt: number };

export type MoveResult = "moved" | "bumped" | "stunned" | "too-soon" | "blocked" | "not-running";

export interface GameOptions {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly size: number;
  readonly playerId: string;
  readonly name: string;
  readonly type: "human" | "bot";
  /** ms since 1970, by the server's clock. */
  readonly now: () => number;
  /** [0, 1). */
  readonly random: () => number;
}

/** A player who is not in awareness for so long has left, ms. */
const GONE_MS = 6_000;

export class Game {
  readonly board: Board;
  readonly players: Y.Map<PlayerState>;
  readonly #state: Y.Map<number>;
  readonly #options: GameOptions;
  /** When each player was last known to be there. */
  readonly #seen = new Map<string, number>();
  #movedAt = 0;

  constructor(options: GameOptions) {
    const { doc, size } = options;
    this.#options = options;
    this.board = new Board(doc.getMap("territoryCell"), size);
    this.players = doc.getMap("players");
    this.#state = doc.getMap("gameState");
  }

  get me(): PlayerState | undefined {
    return this.players.get(this.#options.playerId);
  }

  get id(): string {
    return this.#options.playerId;
  }

  phase(): Phase {
    const [startedAt, endedAt] = [this.#state.get("gameStartedAt"), this.#state.get("gameEndedAt")];
    if (startedAt === undefined) return { kind: "waiting" };
    if (endedAt !== undefined) return { kind: "over", endedAt };
    return { kind: "running", endsAt: startedAt + GAME_MS };
  }

  /** Enters the board. The first person to come starts the game. */
  join(at: Cell = this.#freeCell()): void {
    const { doc, type, now } = this.#options;
    doc.transact(() => {
      if (type === "human" && this.phase().kind === "waiting") this.#state.set("gameStartedAt", now());
      this.#enter(at, this.me?.color ?? this.#freeColor());
    });
    this.#share();
  }

  leave(): void {
    this.players.delete(this.id);
    this.board.close();
  }

  /** One step. Takes the cell, and what a loop that is closed by it encloses. */
  move(direction: Direction): MoveResult {
    const { doc, size, now } = this.#options;
    const me = this.me;
    if (me === undefined || this.phase().kind !== "running") return "not-running";
    if (this.isStunned(me)) return "stunned";
    // A little early is in time: timers are not exact.
    if (now() - this.#movedAt < MOVE_MS - 15) return "too-soon";
    const to = stepped(me, direction);
    if (!isOnBoard(to, size)) return "blocked";
    this.#movedAt = now();
    const other = this.#playerAt(to);
    if (other !== undefined) {
      this.#bump(other);
      return "bumped";
    }
    doc.transact(() => {
      this.#enter(to, me.color);
      this.#enclose();
    });
    this.#share();
    return "moved";
  }

  isStunned({ stunnedUntil = 0 }: PlayerState): boolean {
    return stunnedUntil > this.#options.now();
  }

  /** Looks after what time brings: the end of the game, and players who are gone. To be called every half second or so. */
  tick(): void {
    const phase = this.phase();
    const isOver = phase.kind === "running" && (this.#hasWinner() || this.#options.now() >= phase.endsAt);
    if (isOver) this.#state.set("gameEndedAt", this.#options.now());
    this.#removeGone();
  }

  /** A new game on an empty board, with those who are there. */
  rematch(): void {
    const { doc, now } = this.#options;
    if (this.phase().kind !== "over") return;
    doc.transact(() => {
      this.board.clear();
      this.#state.delete("gameEndedAt");
      this.#state.set("gameStartedAt", now());
      for (const [id, player] of this.players) {
        this.players.set(id, { ...player, stunnedUntil: undefined });
        this.board.claim(player, id, now());
      }
    });
  }

  /** Everybody with cells or on the board, the leader first. */
  standings(): Standing[] {
    const bots = new Set(this.#present().flatMap(({ playerId, type }) => (type === "bot" ? [playerId] : [])));
    const all = [...this.players].map(([id, { name, color }]) => ({
      ...{ id, name, color, cells: this.board.count(id), isBot: bots.has(id) },
    }));
    return all.sort((a, b) => b.cells - a.cells || a.name.localeCompare(b.name));
  }

  /** How many people and bots are connected. */
  connected(): number {
    return this.#present().length;
  }

  #enter({ x, y }: Cell, color: string): void {
    const { playerId, name, now } = this.#options;
    this.players.set(playerId, { x, y, name, color });
    this.board.claim({ x, y }, playerId, now());
  }

  #enclose(): void {
    const { size, now } = this.#options;
    const inside = enclosed(this.board.owners, size, this.board.numberOf(this.id));
    for (const index of inside)
      this.board.claim({ x: index % size, y: Math.floor(index / size) }, this.id, now());
  }

  /** Both stand still for a while, and nobody has moved. */
  #bump(otherId: string): void {
    const stunnedUntil = this.#options.now() + STUN_MS;
    this.#options.doc.transact(() => {
      for (const id of [this.id, otherId]) {
        const player = this.players.get(id);
        if (player !== undefined) this.players.set(id, { ...player, stunnedUntil });
      }
    });
  }

  #playerAt({ x, y }: Cell): string | undefined {
    for (const [id, player] of this.players)
      if (id !== this.id && player.x === x && player.y === y) return id;
    return undefined;
  }

  #hasWinner(): boolean {
    const enough = winningCells(this.#options.size);
    return [...this.players.keys()].some((id) => this.board.count(id) >= enough);
  }

  /** What is said in awareness; it may be anything. */
  #present(): { playerId: string; type: unknown }[] {
    return [...this.#options.awareness.getStates().values()].flatMap(({ playerId, type }) =>
      typeof playerId === "string" ? [{ playerId, type }] : [],
    );
  }

  #removeGone(): void {
    const now = this.#options.now();
    for (const { playerId } of this.#present()) this.#seen.set(playerId, now);
    for (const id of this.players.keys()) {
      const seen = this.#seen.get(id) ?? now;
      this.#seen.set(id, seen);
      if (now - seen > GONE_MS) this.players.delete(id);
    }
    for (const id of this.#seen.keys()) if (!this.players.has(id)) this.#seen.delete(id);
  }

  #share(): void {
    const { awareness, playerId, name, type } = this.#options;
    const { x, y, color } = this.me!;
    awareness.setLocalState({ user: { name, color }, playerId, type, x, y });
  }

  #freeCell(): Cell {
    const { size, random } = this.#options;
    const any = (): number => Math.floor(random() * (size - 8)) + 4;
    for (let attempt = 0; attempt < 50; attempt++) {
      const cell = { x: any(), y: any() };
      if (this.#playerAt(cell) === undefined && this.board.ownerAt(cell) === undefined) return cell;
    }
    return { x: any(), y: any() };
  }

  #freeColor(): string {
    const taken = new Set([...this.players.values()].map(({ color }) => color));
    const free = COLORS.filter((color) => !taken.has(color));
    const choice = free.length > 0 ? free : COLORS;
    return choice[Math.floor(this.#options.random() * choice.length)]!;
  }
}
