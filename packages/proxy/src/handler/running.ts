import type { Outcome } from "../core/words.ts";

/** Ends other than the natural one. */
type Early = Exclude<Outcome, "complete">;

/** A response that this process is fetching. */
export interface Run {
  /** Ends it, for this reason. Does nothing once it ends. */
  stop(outcome: Early): void;
  /** Resolves when its readers see the end, or nobody can make them. */
  readonly ended: Promise<void>;
}

/** The responses that this process is fetching, by id. */
export class Running {
  readonly #runs = new Map<string, Run>();
  #most: number;
  #places = 0;

  /** @param most how many may be fetched at once */
  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a place, if there is one, until `leave`. */
  enter(): boolean {
    if (this.#places >= this.#most) return false;
    this.#places += 1;
    return true;
  }

  leave(): void {
    this.#places -= 1;
  }

  has(id: string): boolean {
    return this.#runs.has(id);
  }

  /** Keeps a run until it has ended. */
  add(id: string, run: Run): void {
    this.#runs.set(id, run);
    void run.ended.then(() => {
      if (this.#runs.get(id) === run) this.#runs.delete(id);
    });
  }

  /** Ends a response that is fetched here, and waits until its readers see that. False if it is not. */
  async stop(id: string, outcome: Early): Promise<boolean> {
    const run = this.#runs.get(id);
    run?.stop(outcome);
    await run?.ended;
    return run !== undefined;
  }

  /** Ends all of them, and lets no others begin. */
  async stopAll(outcome: Early): Promise<void> {
    this.#most = 0;
    const runs = [...this.#runs.values()];
    for (const run of runs) run.stop(outcome);
    await Promise.all(runs.map(({ ended }) => ended));
  }
}
