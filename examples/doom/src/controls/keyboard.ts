/** Keys and the mouse, as what the player wants now. */
import type { Wish } from "./wish.ts";

const [RUN, WALK] = [50, 25];
const [SIDE_RUN, SIDE_WALK] = [40, 24];
const [TURN, SLOW_TURN] = [900, 450];
/** A turn of the mouse by a point, in parts of 65,536 to a full turn. */
const MOUSE_TURN = 34;

const GAME_KEYS = new Set(
  "ArrowUp ArrowDown ArrowLeft ArrowRight KeyW KeyA KeyS KeyD Space KeyE Enter ShiftLeft ShiftRight".split(
    " ",
  ),
);

export class Keyboard {
  readonly #held = new Set<string>();
  #nudge = 0;
  #isFiring = false;
  #weapon: number | undefined;
  /** Whether keys are the game's now, and not the page's. */
  isOn = false;

  /** @param screen - what takes the mouse when it is clicked */
  constructor(screen: HTMLElement, actions: { readonly onMap: () => void; readonly onAny: () => void }) {
    addEventListener("keydown", (event) => {
      if (!this.isOn || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.code === "KeyM" && !event.repeat) actions.onMap();
      if (/^Digit[1-7]$/.test(event.code)) this.#weapon = Number(event.code.slice(5));
      if (!GAME_KEYS.has(event.code)) return;
      event.preventDefault();
      if (this.#held.size === 0) actions.onAny();
      this.#held.add(event.code);
    });
    addEventListener("keyup", ({ code }) => this.#held.delete(code));
    addEventListener("blur", () => this.#held.clear());
    screen.addEventListener("mousedown", () => {
      if (!this.isOn) return;
      if (document.pointerLockElement === screen) this.#isFiring = true;
      // Not every browser has it, nor every page: keys turn, too.
      else void Promise.resolve(screen.requestPointerLock?.()).catch(() => {});
      actions.onAny();
    });
    addEventListener("mouseup", () => {
      this.#isFiring = false;
    });
    addEventListener("mousemove", (event) => {
      if (this.isOn && document.pointerLockElement === screen) this.#nudge -= event.movementX * MOUSE_TURN;
    });
  }

  read(): Wish {
    const is = (...codes: readonly string[]): number =>
      this.isOn && codes.some((code) => this.#held.has(code)) ? 1 : 0;
    const runs = is("ShiftLeft", "ShiftRight") === 0;
    const [nudge, weapon] = [this.#nudge, this.#weapon];
    this.#nudge = 0;
    this.#weapon = undefined;
    return {
      forward: (is("ArrowUp", "KeyW") - is("ArrowDown", "KeyS")) * (runs ? RUN : WALK),
      side: (is("KeyD") - is("KeyA")) * (runs ? SIDE_RUN : SIDE_WALK),
      turn: (is("ArrowLeft") - is("ArrowRight")) * (runs ? TURN : SLOW_TURN),
      fire: is("Space") === 1 || this.#isFiring,
      use: is("KeyE", "Enter") === 1,
      ...{ nudge, weapon },
    };
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input:not([type=range]), textarea, select, button, a");
