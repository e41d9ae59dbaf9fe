/** Thumbs: one walks and turns on a pad, the other fires and opens. */
import { element } from "../page/dom.ts";
import type { Wish } from "./wish.ts";

const [MOVE, TURN] = [50, 1_100];
/** From the middle of the pad to full speed, as a part of its width. */
const REACH = 0.38;
const DEAD_ZONE = 0.12;

export class Touch {
  readonly element: HTMLElement;
  readonly #knob = element("span", { class: "knob" });
  #x = 0;
  #y = 0;
  #isFiring = false;
  #isUsing = false;

  constructor(onAny: () => void) {
    const pad = element("div", { class: "pad", role: "group", "aria-label": "Walk and turn" }, this.#knob);
    const fire = element("button", { type: "button", class: "thumb fire" }, "Fire");
    const use = element("button", { type: "button", class: "thumb use" }, "Open");
    this.element = element("div", { class: "touch" }, pad, element("div", { class: "thumbs" }, use, fire));
    const move = (event: PointerEvent): void => {
      const { left, top, width, height } = pad.getBoundingClientRect();
      this.#x = clamp((event.clientX - left) / width - 0.5);
      this.#y = clamp((event.clientY - top) / height - 0.5);
      this.#place();
    };
    pad.addEventListener("pointerdown", (event) => {
      pad.setPointerCapture(event.pointerId);
      onAny();
      move(event);
    });
    pad.addEventListener("pointermove", (event) => event.buttons > 0 && move(event));
    for (const end of ["pointerup", "pointercancel"] as const)
      pad.addEventListener(end, () => {
        this.#x = this.#y = 0;
        this.#place();
      });
    hold(fire, (isHeld) => {
      this.#isFiring = isHeld;
      onAny();
    });
    hold(use, (isHeld) => {
      this.#isUsing = isHeld;
      onAny();
    });
  }

  read(): Wish {
    return {
      ...{ forward: -this.#y * MOVE, side: 0, turn: -this.#x * TURN },
      ...{ fire: this.#isFiring, use: this.#isUsing, nudge: 0, weapon: undefined },
    };
  }

  #place(): void {
    this.#knob.style.translate = `${this.#x * 38}px ${this.#y * 38}px`;
  }
}

/** -1 to 1, and nothing near the middle. */
function clamp(value: number): number {
  const part = Math.max(-1, Math.min(1, value / REACH));
  return Math.abs(part) < DEAD_ZONE ? 0 : part;
}

function hold(button: HTMLElement, onChange: (isHeld: boolean) => void): void {
  button.addEventListener("pointerdown", (event) => {
    button.setPointerCapture(event.pointerId);
    onChange(true);
  });
  for (const end of ["pointerup", "pointercancel"] as const)
    button.addEventListener(end, () => onChange(false));
}
