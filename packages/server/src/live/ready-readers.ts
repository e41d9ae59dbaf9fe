/**
 * The one loop in which live readers read and send. Whoever notices that a reader may have something to do marks it; the
 * loop comes to it when the log's own callback is over.
 *
 * Those that are marked run in one turn of the event loop, as long as that takes no more than some milliseconds: so
 * those at the same tail get the same frames, encoded once. However many they are, others get their turns in between.
 */

/** Something with work to do when it is marked. */
export interface Runnable {
  /** Does what there is to do. Must not throw. */
  run(): void;
}

/** What readers get of one turn, all of them together, milliseconds: enough for thousands with short frames. */
const TURN_MS = 30;
/** Readers that run between two looks at the clock. */
const RUNS = 16;

export class ReadyReaders {
  #ready: Runnable[] = [];
  /** The next of `#ready` to run. */
  #next = 0;
  #isScheduled = false;
  #isWalking = false;
  readonly #runAll = (): void => this.#run();

  /** Has `reader` run soon, not from inside this call. It must not be marked already. */
  mark(reader: Runnable): void {
    this.#ready.push(reader);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(this.#runAll);
  }

  /** The same, but not before others had a turn. */
  markForNextTurn(reader: Runnable): void {
    setImmediate(() => this.mark(reader));
  }

  /** Has something done with each of `readers`, some in each turn. Does nothing while an earlier walk is under way. */
  each<Reader>(readers: Iterable<Reader>, act: (reader: Reader) => void): void {
    if (this.#isWalking) return;
    this.#isWalking = true;
    const walk = readers[Symbol.iterator]();
    const goOn = (): void => {
      this.#isWalking = !timed(() => {
        const { done, value } = walk.next();
        if (!done) act(value);
        return !done;
      });
      if (this.#isWalking) setImmediate(goOn);
    };
    goOn();
  }

  #run(): void {
    const isDone = timed(() => {
      this.#ready[this.#next++]?.run();
      return this.#next < this.#ready.length;
    });
    if (isDone) {
      this.#ready = [];
      this.#next = 0;
      this.#isScheduled = false;
    } else {
      setImmediate(this.#runAll);
    }
  }
}

/** Takes steps until one says that there are no more (true), or the time is up (false). */
function timed(step: () => boolean): boolean {
  const end = performance.now() + TURN_MS;
  do {
    for (let run = 0; run < RUNS; run++) if (!step()) return true;
  } while (performance.now() < end);
  return false;
}
