/** A stream of random numbers from a seed: the same seed gives the same faults. */
export interface Random {
  /** Uniform in `[0, 1)`. */
  next(): number;
  /** An integer in `[from, to)`. */
  integer(from: number, to: number): number;
  /** One of the weighted choices. */
  choose<T extends string>(weights: Readonly<Record<T, number>>): T;
}

/** Mulberry32: small, fast, and good enough to pick faults. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    integer: (from, to) => from + Math.floor(next() * (to - from)),
    choose<T extends string>(weights: Readonly<Record<T, number>>): T {
      const entries = Object.entries(weights) as [T, number][];
      let rest = next() * entries.reduce((total, [, weight]) => total + weight, 0);
      for (const [choice, weight] of entries) {
        rest -= weight;
        if (rest < 0) return choice;
      }
      return (entries[0] as [T, number])[0];
    },
  };
}
