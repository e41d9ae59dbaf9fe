/** All that a player can steer with, as one command. */
import { readGamepad } from "./gamepad.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Touch } from "./touch.ts";
import type { Wish } from "./wish.ts";

/** What all of them together want. */
export function readControls(keyboard: Keyboard, touch: Touch): Wish {
  const wishes = [keyboard.read(), touch.read(), readGamepad()].filter((wish) => wish !== undefined);
  const sum = (part: (wish: Wish) => number): number => wishes.reduce((total, wish) => total + part(wish), 0);
  return {
    forward: sum((wish) => wish.forward),
    side: sum((wish) => wish.side),
    turn: sum((wish) => wish.turn),
    nudge: sum((wish) => wish.nudge),
    fire: wishes.some((wish) => wish.fire),
    use: wishes.some((wish) => wish.use),
    weapon: wishes.find((wish) => wish.weapon !== undefined)?.weapon,
  };
}
