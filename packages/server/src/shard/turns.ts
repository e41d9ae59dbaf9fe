/**
 * Long work in short steps. A request may ask for work that takes as long as its body or its stream is large; all such
 * work together gets a few milliseconds of each turn of the event loop, and everybody else the rest.
 */

/** What long work gets of one turn, all of it together, milliseconds: more delays others, less wastes turns. */
const TURN_MS = 3;

/** Work in steps, each up to a `yield`. One that yields a promise is given what it resolves to. */
export type Work<Result> = Iterator<Promise<Uint8Array> | undefined, Result, Uint8Array>;

/** A step of some work. */
type Step = () => void;

export class Turns {
  #waiting: Step[] = [];
  #isScheduled = false;
  readonly #turn = (): void => this.#takeTurn();

  /** Carries out `work`, one step after another; a step (up to a `yield`) must take well under a millisecond. */
  run<T>(work: Work<T> | Iterator<void, T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let bytes: Uint8Array;
      const step: Step = () => {
        try {
          const { done, value } = (work as Work<T>).next(bytes);
          if (done) resolve(value);
          else if (value instanceof Promise) {
            value.then((come) => {
              bytes = come;
              this.#enqueue(step);
            }, reject);
          } else this.#enqueue(step);
        } catch (error) {
          reject(error);
        }
      };
      this.#enqueue(step);
    });
  }

  #enqueue(step: Step): void {
    this.#waiting.push(step);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#turn);
  }

  /** All who wait take a step, in the order in which they came, until the time is up. */
  #takeTurn(): void {
    const end = performance.now() + TURN_MS;
    let taken = 0;
    // What a step enqueues waits behind the others, and is met in this turn, too, if there is time.
    while (taken < this.#waiting.length && performance.now() < end) this.#waiting[taken++]!();
    this.#waiting = this.#waiting.slice(taken);
    this.#isScheduled = this.#waiting.length > 0;
    if (this.#isScheduled) setImmediate(this.#turn);
  }
}
