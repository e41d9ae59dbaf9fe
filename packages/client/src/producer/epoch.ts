/** A step of the clock, in ms. Whoever starts a step later has the greater epoch. */
const STEP_MS = 16;
/** Epochs of one step, from which one is drawn. */
const EPOCHS_PER_STEP = 2 ** 16;
/** 2025-01-01. Counted from then on, epochs fit 2^53 until 2094. */
const FIRST_MS = 1_735_689_600_000;

/** Chooses the next epoch, above the given one (-1 for any). */
export type NextEpoch = (above: number) => number;

/** The next whole number, as a producer chooses that was told its epoch. Somebody else may choose the same. */
export const countEpochs: NextEpoch = (above) => above + 1;

let last = 0;

/**
 * An epoch that no other producer has. It grows with the clock, so that whoever starts later is in force; of two
 * processes that start within 16 ms, one draw in 65,536 is that of the other.
 */
export const drawEpoch: NextEpoch = (above) => {
  const step = Math.floor((Date.now() - FIRST_MS) / STEP_MS);
  last = Math.max(above + 1, last + 1, step * EPOCHS_PER_STEP) + Math.floor(Math.random() * EPOCHS_PER_STEP);
  return last;
};
