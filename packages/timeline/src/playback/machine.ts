/**
 * What plays a timeline: its state follows from the frames that it was given, and from nothing else. A game, a drawing, a
 * simulation.
 */
export interface Machine {
  /** How many frames it has played. After `load` that many which led to the loaded state. */
  readonly tick: number;
  /** Plays the next frame. The bytes are only lent. */
  step(frame: Uint8Array): void;
  /** A copy of its whole state, `tick` included. */
  save(): Uint8Array<ArrayBuffer>;
  /** Goes on from a state that `save` gave, here or elsewhere. @returns false if it can be no state of this machine */
  load(state: Uint8Array<ArrayBuffer>): boolean;
  /** A number of 32 bits that follows from the state: equal wherever the same frames were played. */
  hash(): number;
}
