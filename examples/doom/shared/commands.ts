/** What a player does in one tick, and how that is eight bytes of a frame: the engine's own form of it. */
import { FRAME_BYTES, RATE } from "./engine/doom.ts";

export interface Command {
  /** Ahead above 0, back below: walking 25, running 50. */
  readonly forward: number;
  /** To the right above 0: walking 24, running 40. */
  readonly side: number;
  /** To the left above 0, in parts of 65,536 to a full turn. */
  readonly turn: number;
  readonly fire: boolean;
  /** Opens doors, throws switches, begins again after death. */
  readonly use: boolean;
  /** Changes to weapon 1 to 7. */
  readonly weapon?: number | undefined;
}

export const RESTING: Command = { forward: 0, side: 0, turn: 0, fire: false, use: false };

const [BUTTON_FIRE, BUTTON_USE, BUTTON_CHANGE, WEAPON_SHIFT] = [1, 2, 4, 3];
const MAX_MOVE = 50;
const MAX_TURN = 0x7fff;

/** A frame from a command and the index of random numbers at which it is given. */
export function encodeFrame(command: Command, randomIndex: number): Uint8Array<ArrayBuffer> {
  const { fire, use, weapon } = command;
  const turn = clamp(command.turn, MAX_TURN);
  const change = weapon === undefined ? 0 : BUTTON_CHANGE | ((weapon - 1) << WEAPON_SHIFT);
  const frame = new Uint8Array(FRAME_BYTES);
  frame[0] = clamp(command.forward, MAX_MOVE);
  frame[1] = clamp(command.side, MAX_MOVE);
  frame[2] = turn;
  frame[3] = turn >> 8;
  frame[5] = (fire ? BUTTON_FIRE : 0) | (use ? BUTTON_USE : 0) | change;
  frame[8] = randomIndex;
  return frame;
}

const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, Math.round(value)));

/** Between two hashes that whoever plays records, in ticks: two seconds. */
export const HASH_EVERY = 2 * RATE;
/** Between two snapshots: two minutes. */
export const SNAPSHOT_EVERY = 120 * RATE;
