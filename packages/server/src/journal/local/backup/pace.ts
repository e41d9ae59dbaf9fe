/** Keeps work to so many bytes a second, on the whole: what took longer than it might is made up for. */
import { setTimeout as delay } from "node:timers/promises";

export interface PaceClock {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const CLOCK: PaceClock = { now: () => performance.now(), sleep: async (ms) => void (await delay(ms)) };

export class Pace {
  readonly #bytesPerSecond: number;
  readonly #clock: PaceClock;
  readonly #began: number;

  /** @param bytesPerSecond may be infinite */
  constructor(bytesPerSecond: number, clock: PaceClock = CLOCK) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#clock = clock;
    this.#began = clock.now();
  }

  /** Resolves when so many bytes since the beginning are no more than the pace allows. Gives way to others in any case. */
  async reach(bytes: number): Promise<void> {
    const due = this.#began + (bytes / this.#bytesPerSecond) * 1000;
    await this.#clock.sleep(Math.max(0, due - this.#clock.now()));
  }
}
