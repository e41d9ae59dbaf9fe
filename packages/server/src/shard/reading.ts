/**
 * Reading bytes that nearly always are here, and now and then lie far away. What reads is written as a generator, which
 * asks for far bytes with a promise and goes on once it is given them. So it says each thing once, and with all
 * bytes at hand it is done in one go: a promise for each read would cost more than the read.
 */
import type { Soon } from "../journal/contract/index.ts";

/** Steps that end in a `Result`, and wait at each promise that they yield for its bytes. */
export type Reading<Result> = Generator<Promise<Uint8Array>, Result, Uint8Array>;

/** Carries the steps out: the result at once if nothing lies far away, else a promise of it. */
export function readOut<Result>(reading: Reading<Result>): Soon<Result> {
  const { done, value } = reading.next();
  return done ? value : goOn(reading, value);
}

async function goOn<Result>(reading: Reading<Result>, first: Promise<Uint8Array>): Promise<Result> {
  for (let wanted = first; ; ) {
    const { done, value } = reading.next(await wanted);
    if (done) return value;
    wanted = value;
  }
}
