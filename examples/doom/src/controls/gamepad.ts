/** The first gamepad: left stick walks, right stick turns, triggers and buttons act. */
import type { Wish } from "./wish.ts";

const DEAD_ZONE = 0.18;
const [MOVE, SIDE, TURN] = [50, 40, 1_100];

const axis = (pad: Gamepad, at: number): number => {
  const value = pad.axes[at] ?? 0;
  return Math.abs(value) < DEAD_ZONE ? 0 : value;
};

export function readGamepad(): Wish | undefined {
  const pad = navigator.getGamepads?.().find((each) => each !== null);
  if (pad === undefined || pad === null) return undefined;
  const is = (...buttons: readonly number[]): boolean =>
    buttons.some((button) => pad.buttons[button]?.pressed);
  return {
    forward: -axis(pad, 1) * MOVE + (is(12) ? MOVE : 0) - (is(13) ? MOVE : 0),
    side: axis(pad, 0) * SIDE,
    turn: -axis(pad, 2) * TURN + (is(14) ? TURN : 0) - (is(15) ? TURN : 0),
    fire: is(0, 7),
    use: is(1, 2),
    nudge: 0,
    weapon: undefined,
  };
}
