import { wholeNumberFrom } from "./whole-number.ts";

/**
 * Which seeds a test plays: `PERENNIAL_SEEDS` of them (how many), from `PERENNIAL_SEED` on. A failing seed is replayed
 * alone with `PERENNIAL_SEEDS=1` and `PERENNIAL_SEED` set to it.
 */
export class Seeds {
  readonly first: number;
  readonly count: number;

  /**
   * @param quick how many a quick run of all tests can afford
   * @param first the first one, if the environment names none
   */
  constructor(quick: number, first = 1) {
    this.count = wholeNumberFrom("PERENNIAL_SEEDS", quick);
    this.first = wholeNumberFrom("PERENNIAL_SEED", first);
  }

  /** All of them, in order. */
  *[Symbol.iterator](): Generator<number> {
    for (let seed = this.first; seed < this.first + this.count; seed++) yield seed;
  }

  /**
   * Plays all of them.
   *
   * @param play - one run; told its seed
   * @param lanes - runs at once: of use where a run mostly waits
   * @throws Error that says how the seed that failed is played again
   */
  async play(play: (seed: number) => Promise<void>, lanes = 1): Promise<void> {
    const waiting = this[Symbol.iterator]();
    const lane = async () => {
      for (const seed of waiting) {
        try {
          await play(seed);
        } catch (cause) {
          const said = cause instanceof Error ? cause.message : String(cause);
          throw new Error(`replay with ${replayOf(seed)}: ${said}`, { cause });
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  /** For the names of tests: which seeds these are. */
  toString(): string {
    return `${this.count} seeds from ${this.first}`;
  }
}

/** How a seed is played again, for the message of a failure. */
export function replayOf(seed: number): string {
  return `PERENNIAL_SEEDS=1 PERENNIAL_SEED=${seed}`;
}
