import type { TimelinePlace } from "./place.ts";
import { appendEntry, followSide, isEntry, type SideEntry } from "./side.ts";

/** A hash of a machine's state after so many frames. */
export interface HashEntry extends SideEntry {
  /** 32 bits. */
  readonly hash: number;
}

/** What a hash is, beside the recorded one: `unknown` where none was recorded, or none is there yet. */
export type Verdict = "equal" | "differs" | "unknown";

/** The hashes that whoever made a timeline recorded of its states. */
export class HashTrail {
  readonly #place: TimelinePlace;
  readonly #name: string;
  readonly #hashes = new Map<number, number>();

  constructor(place: TimelinePlace, name: string) {
    this.#place = place;
    this.#name = name;
  }

  /** How many hashes are known here. */
  get size(): number {
    return this.#hashes.size;
  }

  /** Records a hash. @throws FetchError, or the error of `fetch` after half a minute */
  async record(tick: number, hash: number): Promise<void> {
    const entry: HashEntry = { tick, hash: hash >>> 0 };
    await appendEntry(this.#place, this.#name, "hashes", entry);
    this.#hashes.set(tick, entry.hash);
  }

  /** Reads what is recorded; with `live` also what comes, until the signal is aborted. */
  follow(options: { readonly signal: AbortSignal; readonly live: boolean }): Promise<void> {
    const onEntry = ({ tick, hash }: HashEntry): void => void this.#hashes.set(tick, hash);
    return followSide(this.#place, this.#name, "hashes", hashEntry, { ...options, onEntry });
  }

  /** Compares a state's hash to the recorded one. */
  check(tick: number, hash: number): Verdict {
    const recorded = this.#hashes.get(tick);
    if (recorded === undefined) return "unknown";
    return recorded === hash >>> 0 ? "equal" : "differs";
  }
}

function hashEntry(value: unknown): HashEntry | undefined {
  if (!isEntry(value) || typeof value.hash !== "number") return undefined;
  return { tick: value.tick, hash: value.hash >>> 0 };
}
