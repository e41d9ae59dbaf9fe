/** How a player steers: keys that are held, swipes, and taps on the board. */
import { type Cell, type Direction, directionTo } from "../../shared/rules.ts";

const KEYS: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  KeyW: "up",
  KeyS: "down",
  KeyA: "left",
  KeyD: "right",
};
/** Pixels from which a touch is a swipe. */
const SWIPE_PX = 10;

/**
 * Listens to keys of the page and to touches of the board. A key goes on as long as it is held, a swipe until the next touch,
 * a tap or click until its cell is reached.
 */
export class Steering {
  readonly #closing = new AbortController();
  readonly #held: Direction[] = [];
  /** A key that was pressed and let go between two steps counts for one. */
  #pressed: Direction | undefined;
  #swiped: Direction | undefined;
  #target: Cell | undefined;
  /** Where a finger came down, or last changed its direction. */
  #touched: { readonly x: number; readonly y: number; readonly isSwipe: boolean } | undefined;

  /** @param cellAt the cell at a point of the page */
  constructor(board: HTMLElement, cellAt: (x: number, y: number) => Cell) {
    const { signal } = this.#closing;
    addEventListener("keydown", (event) => this.#onKeyDown(event), { signal });
    addEventListener("keyup", ({ code }) => this.#onKeyUp(code), { signal });
    addEventListener("blur", () => this.#held.splice(0), { signal });
    board.addEventListener("pointerdown", (event) => this.#onDown(event, board), { signal });
    board.addEventListener("pointermove", (event) => this.#onMove(event), { signal });
    board.addEventListener("pointerup", ({ clientX, clientY }) => this.#onUp(cellAt(clientX, clientY)), {
      signal,
    });
  }

  /** Where to go next, from a cell; undefined: nowhere. */
  next(from: Cell): Direction | undefined {
    const direction =
      this.#pressed ?? this.#held.at(-1) ?? this.#swiped ?? (this.#target && directionTo(from, this.#target));
    if (direction === undefined) this.#target = undefined;
    return direction;
  }

  /** A step was made: a key that was only pressed has had its effect. */
  stepped(): void {
    this.#pressed = undefined;
  }

  /** Forgets where it was going. */
  halt(): void {
    this.#swiped = undefined;
    this.#target = undefined;
    this.#pressed = undefined;
  }

  close(): void {
    this.#closing.abort();
  }

  #onKeyDown(event: KeyboardEvent): void {
    const direction = KEYS[event.code];
    if (direction === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (event.repeat) return;
    this.halt();
    this.#pressed = direction;
    this.#held.push(direction);
  }

  #onKeyUp(code: string): void {
    const direction = KEYS[code];
    const at = direction === undefined ? -1 : this.#held.lastIndexOf(direction);
    if (at >= 0) this.#held.splice(at, 1);
  }

  #onDown({ clientX: x, clientY: y, pointerId }: PointerEvent, board: HTMLElement): void {
    this.#touched = { x, y, isSwipe: false };
    board.setPointerCapture(pointerId);
  }

  #onMove({ clientX: x, clientY: y }: PointerEvent): void {
    const from = this.#touched;
    if (from === undefined || Math.hypot(x - from.x, y - from.y) < SWIPE_PX) return;
    this.halt();
    this.#swiped = directionTo(from, { x, y });
    this.#touched = { x, y, isSwipe: true };
  }

  /** A touch that was no swipe is a tap. */
  #onUp(cell: Cell): void {
    if (this.#touched?.isSwipe === false) {
      this.halt();
      this.#target = cell;
    }
    this.#touched = undefined;
  }
}
