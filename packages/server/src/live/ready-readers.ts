/**
 * The one loop in which live readers read and send. Whoever notices that a reader may have something to do marks it; the
 * loop comes to it when the log's own callback is over.
 *
 * Those that are marked run in one turn of the event loop, thousands of them: so those at the same tail get the same
 * frames, encoded once. Only so much is written in a turn, counted rather than timed: others get theirs in between.
 */

/** Something with work to do when it is marked. */
export interface Runnable {
  /** Does what there is to do and tells how many bytes it wrote. Must not throw. */
  run(): number;
}

/** What readers get of one turn, all of them together: so many with short frames, or so many bytes. */
const TURN_RUNS = 4096;
const TURN_BYTES = 32 * 1024 * 1024;
/** What those get of it who have a lot to read, all of them together. */
const LATER_BYTES = 4 * 1024 * 1024;
/** Readers that the clock meets in one turn. */
const TURN_BEATS = 4096;

export class ReadyReaders {
  #ready: Runnable[] = [];
  /** Whether a turn of those that are ready is to come. */
  #isScheduled = false;
  readonly #runAll = (): void => this.#run();
  #later: Runnable[] = [];
  #isLaterScheduled = false;
  readonly #runLater = (): void => this.#runSome();
  #isWalking = false;

  /** Has `reader` run soon, not from inside this call. It must not be marked already. */
  mark(reader: Runnable): void {
    this.#ready.push(reader);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(this.#runAll);
  }

  /** Has `reader` run in a later turn, in the order in which they come. */
  markForLater(reader: Runnable): void {
    this.#later.push(reader);
    this.#scheduleLater();
  }

  /** Has something done with each of `readers`, some in each turn. Does nothing while an earlier walk is under way. */
  each<Reader>(readers: Iterable<Reader>, act: (reader: Reader) => void): void {
    if (this.#isWalking) return;
    this.#isWalking = true;
    const walk = readers[Symbol.iterator]();
    const goOn = (): void => {
      for (let beats = 0; beats < TURN_BEATS; beats++) {
        const { done, value } = walk.next();
        if (done) {
          this.#isWalking = false;
          return;
        }
        act(value);
      }
      setImmediate(goOn);
    };
    goOn();
  }

  #run(): void {
    const ready = this.#ready;
    this.#ready = [];
    this.#isScheduled = false;
    const rest = ready.slice(runSome(ready, TURN_BYTES));
    if (rest.length === 0) return;
    this.#ready = rest.concat(this.#ready);
    // Whoever marks another meanwhile finds that its turn is to come.
    this.#isScheduled = true;
    setImmediate(this.#runAll);
  }

  #runSome(): void {
    const later = this.#later;
    this.#later = [];
    this.#isLaterScheduled = false;
    // Who is not through comes again behind the others.
    this.#later = later.slice(runSome(later, LATER_BYTES)).concat(this.#later);
    if (this.#later.length > 0) this.#scheduleLater();
  }

  #scheduleLater(): void {
    if (this.#isLaterScheduled) return;
    this.#isLaterScheduled = true;
    setImmediate(this.#runLater);
  }
}

/** Runs the first of these readers, as many as one turn allows, and tells how many. */
function runSome(readers: readonly Runnable[], bytes: number): number {
  let runs = 0;
  for (let written = 0; runs < Math.min(readers.length, TURN_RUNS) && written < bytes; )
    written += readers[runs++]!.run();
  return runs;
}
