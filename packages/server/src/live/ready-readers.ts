/**
 * The one loop in which live readers read and send. Whoever notices that a reader may have something to do marks it; the
 * loop comes to it when the log's own callback is over.
 *
 * All that are marked run in one turn of the event loop: so those at the same tail get the same frames, encoded once.
 */

/** Something with work to do when it is marked. */
export interface Runnable {
  /** Does what there is to do. Must not throw. */
  run(): void;
}

export class ReadyReaders {
  #ready: Runnable[] = [];
  readonly #runAll = (): void => this.#run();

  /** Has `reader` run soon, not from inside this call. It must not be marked already. */
  mark(reader: Runnable): void {
    if (this.#ready.push(reader) === 1) queueMicrotask(this.#runAll);
  }

  #run(): void {
    const ready = this.#ready;
    this.#ready = [];
    for (const reader of ready) reader.run();
  }
}
