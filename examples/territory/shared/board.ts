/** The board: a Yjs map of cells, and beside it an array that is quick to look at. */
import type * as Y from "yjs";
import type { Cell } from "./rules.ts";

/** A claimed cell, as it is stored under `x,y`. */
export interface Claim {
  readonly owner: string;
  /** ms since 1970. */
  readonly claimedAt: number;
}

/** Owners that are told apart at most. */
const MAX_OWNERS = 255;

export class Board {
  readonly size: number;
  /** The number of each cell's owner, row by row; 0: nobody's. */
  readonly owners: Uint8Array;
  readonly #cells: Y.Map<Claim>;
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [""];
  readonly #counts: number[] = [0];
  readonly #listeners = new Set<(changed: readonly number[]) => void>();
  readonly #observe = ({ keysChanged }: Y.YMapEvent<Claim>): void => this.#take(keysChanged);

  constructor(cells: Y.Map<Claim>, size: number) {
    this.size = size;
    this.owners = new Uint8Array(size * size);
    this.#cells = cells;
    this.#take(cells.keys());
    cells.observe(this.#observe);
  }

  /** Calls back with the indices of cells that have another owner. */
  onChange(listener: (changed: readonly number[]) => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#cells.unobserve(this.#observe);
  }

  /** Takes a cell, at once: what is asked of the board in the same transaction knows it. */
  claim(cell: Cell, owner: string, claimedAt: number): void {
    if (this.ownerAt(cell) === owner) return;
    this.#cells.set(`${cell.x},${cell.y}`, { owner, claimedAt });
    this.#setOwner(cell.y * this.size + cell.x, this.numberOf(owner));
  }

  /** Takes all cells from their owners, at once as well. */
  clear(): void {
    this.#cells.clear();
    this.owners.fill(0);
    this.#counts.fill(0);
  }

  ownerAt({ x, y }: Cell): string | undefined {
    return this.#ids[this.owners[y * this.size + x]!] || undefined;
  }

  /** How many cells somebody has. */
  count(owner: string): number {
    const number = this.#numbers.get(owner);
    return number === undefined ? 0 : this.#counts[number]!;
  }

  /** The number that stands for an owner in `owners`. */
  numberOf(owner: string): number {
    const known = this.#numbers.get(owner);
    if (known !== undefined) return known;
    if (this.#ids.length > MAX_OWNERS) return 0;
    const number = this.#ids.length;
    this.#numbers.set(owner, number);
    this.#ids.push(owner);
    this.#counts.push(0);
    return number;
  }

  idOf(number: number): string | undefined {
    return this.#ids[number] || undefined;
  }

  #take(keys: Iterable<string>): void {
    const changed: number[] = [];
    for (const key of keys) {
      const index = this.#indexOf(key);
      if (index === undefined) continue;
      const owner = this.#cells.get(key)?.owner;
      this.#setOwner(index, typeof owner === "string" ? this.numberOf(owner) : 0);
      changed.push(index);
    }
    for (const listener of this.#listeners) listener(changed);
  }

  #setOwner(index: number, number: number): void {
    const before = this.owners[index]!;
    this.#counts[before]!--;
    this.#counts[number]!++;
    this.owners[index] = number;
  }

  /** Peers may store anything: a key that names no cell is none. */
  #indexOf(key: string): number | undefined {
    const [, x, y] = /^(\d{1,3}),(\d{1,3})$/.exec(key) ?? [];
    const [column, row] = [Number(x), Number(y)];
    return column < this.size && row < this.size ? row * this.size + column : undefined;
  }
}
