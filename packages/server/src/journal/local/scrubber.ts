/**
 * Looks through the whole archive in the background, slowly, so that damage is found while there is a backup to mend it
 * from, and not when somebody needs the bytes.
 */
import { DamagedData } from "../contract/index.ts";
import type { ArchiveStore, Entry } from "./archive/archive-store.ts";
import { ALL_KEYS, successor } from "./archive/keys.ts";
import { damageOf, type OnDamage, unsealed } from "./archive/sealed-store.ts";

/** Entries in one step: at most half a mebibyte, as a rule. */
const ENTRIES_PER_STEP = 8;
/** Between steps: with chunks of the usual size some five mebibytes a second, ms. */
const STEP_INTERVAL_MS = 100;
/** Between one walk and the next, ms. */
const REST_MS = 3_600_000;

export interface ScrubberParts {
  /** Runs a function after some milliseconds, without keeping the process alive for it. */
  readonly after: (ms: number, run: () => void) => void;
}

export class Scrubber {
  readonly #store: ArchiveStore;
  readonly #parts: ScrubberParts;
  readonly #onDamage: OnDamage;
  #from = ALL_KEYS[0];
  #stopped = false;
  #rounds = 0;

  /** @param store without the seals taken off */
  constructor(store: ArchiveStore, parts: ScrubberParts, onDamage: OnDamage) {
    this.#store = store;
    this.#parts = parts;
    this.#onDamage = onDamage;
  }

  /** How often the whole archive was looked through. */
  get rounds(): number {
    return this.#rounds;
  }

  start(): void {
    this.#after(STEP_INTERVAL_MS);
  }

  stop(): void {
    this.#stopped = true;
  }

  #after(ms: number): void {
    this.#parts.after(ms, () => {
      if (!this.#stopped) this.#after(this.#step() ? STEP_INTERVAL_MS : REST_MS);
    });
  }

  /** None where the store itself is damaged: there is no way from there to what follows. */
  #entries(): Entry[] {
    try {
      return this.#store.entries(this.#from, ALL_KEYS[1], ENTRIES_PER_STEP);
    } catch (error) {
      if (!(error instanceof DamagedData)) throw error;
      this.#onDamage(error);
      return [];
    }
  }

  /** Looks at the next entries. False when those were the last. */
  #step(): boolean {
    const entries = this.#entries();
    for (const { key, value } of entries)
      if (unsealed(key, value) === undefined) this.#onDamage(damageOf(key));
    const last = entries.at(-1);
    if (last === undefined) this.#rounds += 1;
    this.#from = last === undefined ? ALL_KEYS[0] : successor(last.key);
    return last !== undefined;
  }
}
