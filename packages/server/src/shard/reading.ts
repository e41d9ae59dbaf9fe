/**
 * Reading bytes that nearly always are here, and now and then lie far away. What reads is written as a generator, which
 * asks for far bytes with a promise and goes on once it is given them. So it says each thing once, and with all
 * bytes at hand it is done in one go: a promise for each read would cost more than the read.
 */
import type { Soon } from "../journal/contract/index.ts";

/** Steps that end in a `Result`, and wait at each promise that they yield for its bytes. */
export type Reading<Result> = Generator<Promise<Uint8Array>, Result, Uint8Array>;

/**
 * A result that is at hand, or the steps to it. Whoever has the usual answer at hand gives it as it is: a generator for each
 * part of a short read would cost a tenth of it.
 */
export type Answer<Result> = Result | Reading<Result>;

/** Whether there are steps to be carried out first. */
export function isReading<Result>(answer: Answer<Result>): answer is Reading<Result> {
  return typeof (answer as Reading<Result> | undefined)?.throw === "function";
}

/** Goes on with the result: at once if it is at hand. */
export function andThen<Result, Next>(
  answer: Answer<Result>,
  next: (result: Result) => Answer<Next>,
): Answer<Next> {
  return isReading(answer) ? thenInSteps(answer, next) : next(answer);
}

function* thenInSteps<Result, Next>(
  reading: Reading<Result>,
  next: (result: Result) => Answer<Next>,
): Reading<Next> {
  return yield* inSteps(next(yield* reading));
}

/** The answer as a part of a longer reading. */
export function* inSteps<Result>(answer: Answer<Result>): Reading<Result> {
  return isReading(answer) ? yield* answer : answer;
}

/** Carries the steps out: the result at once if nothing lies far away, else a promise of it. */
export function readOut<Result>(answer: Answer<Result>): Soon<Result> {
  if (!isReading(answer)) return answer;
  const { done, value } = answer.next();
  return done ? value : goOn(answer, value);
}

async function goOn<Result>(reading: Reading<Result>, first: Promise<Uint8Array>): Promise<Result> {
  for (let wanted = first; ; ) {
    const { done, value } = reading.next(await wanted);
    if (done) return value;
    wanted = value;
  }
}
