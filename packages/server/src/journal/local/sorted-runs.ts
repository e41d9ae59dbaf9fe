/** A run is sorted in a fraction of a millisecond. */
export const RUN_LENGTH = 4096;

/**
 * Numbers in ascending order, without ever sorting all of them at once: they come in runs, each is sorted when it is
 * added, and the least of their heads is next.
 */
export class SortedRuns {
  readonly #runs: Float64Array[] = [];
  readonly #heads: number[] = [];

  /** Adds a run, which must not be empty; it is sorted in place. */
  add(run: Float64Array): void {
    this.#runs.push(run.sort());
    this.#heads.push(0);
  }

  /** Takes the least number; undefined when there are no more. */
  next(): number | undefined {
    let least = -1;
    for (let index = 0; index < this.#runs.length; index++) {
      if (least < 0 || this.#head(index) < this.#head(least)) least = index;
    }
    if (least < 0) return undefined;
    const number = this.#head(least);
    this.#heads[least]! += 1;
    if (this.#heads[least] === this.#runs[least]!.length) this.#drop(least);
    return number;
  }

  #head(index: number): number {
    return this.#runs[index]![this.#heads[index]!]!;
  }

  #drop(index: number): void {
    this.#runs.splice(index, 1);
    this.#heads.splice(index, 1);
  }
}
