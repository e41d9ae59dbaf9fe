/** Whether this engine came to the same states as the player's. A hash is compared when both are there, whichever comes first. */
import type { HashTrail } from "@perennial/timeline";
import { HASH_EVERY } from "../../shared/commands.ts";
import type { Doom } from "../../shared/engine/doom.ts";

/** Hashes that the player has not told yet are kept up to this number. */
const MAX_OPEN = 1_000;

export class Checks {
  readonly #doom: Doom;
  readonly #trail: HashTrail;
  readonly #open = new Map<number, number>();
  readonly #compared = new Set<number>();
  #differs = false;

  constructor(doom: Doom, trail: HashTrail) {
    this.#doom = doom;
    this.#trail = trail;
  }

  get count(): number {
    return this.#compared.size;
  }

  /** Whether something differed, now or at some moment. */
  get differs(): boolean {
    return this.#differs || this.#doom.strays > 0;
  }

  /** Forgets what differed: the engine begins anew. */
  reset(): void {
    this.#differs = false;
    this.#open.clear();
  }

  /** Looks at the engine after a tick. */
  note(): void {
    const { tick } = this.#doom;
    if (tick % HASH_EVERY !== 0) return;
    if (this.#open.size < MAX_OPEN) this.#open.set(tick, this.#doom.hash());
  }

  /** Compares what can be compared by now. */
  compare(): void {
    for (const [tick, hash] of this.#open) {
      const verdict = this.#trail.check(tick, hash);
      if (verdict === "unknown") continue;
      this.#open.delete(tick);
      this.#compared.add(tick);
      this.#differs ||= verdict === "differs";
    }
  }
}
