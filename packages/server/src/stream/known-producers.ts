/**
 * The producers that one stream remembers. To bring thousands of them back from where they are stored takes milliseconds,
 * and most who touch a stream ask for none, or for one. So many are stored in parts, each producer in the one that its id says,
 * and a part is brought back when one of it is asked for. Where they are stored at all, and from how many on in parts, is
 * up to the log.
 */
import { ownText } from "./own-text.ts";

/** De-duplication state of one producer on one stream (protocol §9). */
export interface ProducerState {
  /** Highest epoch accepted so far. */
  epoch: number;
  /** Highest sequence number accepted in that epoch. */
  lastSeq: number;
  /** When it last appended, epoch milliseconds. */
  lastAt: number;
}

/** What a producer says of an append. */
interface NumberedAppend {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
}

/** In how many parts many producers are stored: of 10,000 each has eighty. A power of two. Stored rows rest on it. */
export const PRODUCER_PARTS = 128;

type Part = Map<string, ProducerState>;

/** Never changed. Most streams have one part, and two empty sets each would be half of what their producers take. */
const NONE = new Set<number>();

/** Producers that are stored in parts. */
export interface StoredProducers {
  readonly size: number;
  /** Length of their ids together, bytes. */
  readonly idsLength: number;
  /** Says which id is in which part, and is known to nobody outside, so that no client fills up one of them. */
  readonly salt: number;
  /** The producers of a part. May throw `DamagedData`. */
  part(index: number): Map<string, ProducerState>;
}

export class KnownProducers implements Iterable<readonly [string, ProducerState]> {
  /** One, or `PRODUCER_PARTS`. Undefined: still where it is stored. */
  #parts: (Part | undefined)[];
  readonly #stored: StoredProducers | undefined;
  #salt = 0;
  #size = 0;
  #idsLength = 0;
  /** Parts that are not stored as they are. Where there is one it is stored with its stream, and nothing is noted. */
  #changed = NONE;
  /** Parts that are being stored. */
  #underWay: ReadonlySet<number> = NONE;

  /** @param known those known from before: all of them, its own to keep, or where they are */
  constructor(known: Map<string, ProducerState> | StoredProducers = new Map()) {
    if (known instanceof Map) {
      this.#parts = [known];
      this.#size = known.size;
      for (const id of known.keys()) this.#idsLength += Buffer.byteLength(id);
    } else {
      this.#parts = Array.from({ length: PRODUCER_PARTS }, () => undefined);
      this.#stored = known;
      this.#salt = known.salt;
      this.#size = known.size;
      this.#idsLength = known.idsLength;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Length of all ids together, bytes, which is what they take longest to be stored and read for. */
  get idsLength(): number {
    return this.#idsLength;
  }

  /** What is known of a producer, to be read only. May throw `DamagedData`. */
  get(id: string): Readonly<ProducerState> | undefined {
    return this.#part(this.#indexOf(id)).get(id);
  }

  /** Takes note of a producer's newest append. @param at epoch milliseconds */
  note({ id, epoch, seq }: NumberedAppend, at: number): void {
    const index = this.#indexOf(id);
    const known = this.#part(index).get(id);
    if (known === undefined) {
      this.set(id, { epoch, lastSeq: seq, lastAt: at });
      return;
    }
    known.epoch = epoch;
    known.lastSeq = seq;
    known.lastAt = at;
    this.#noteChange(index);
  }

  set(id: string, state: ProducerState): void {
    const index = this.#indexOf(id);
    const part = this.#part(index);
    if (!part.has(id)) {
      this.#size += 1;
      this.#idsLength += Buffer.byteLength(id);
    }
    part.set(ownText(id), state);
    this.#noteChange(index);
  }

  delete(id: string): void {
    const index = this.#indexOf(id);
    if (!this.#part(index).delete(id)) return;
    this.#size -= 1;
    this.#idsLength -= Buffer.byteLength(id);
    this.#noteChange(index);
  }

  #noteChange(index: number): void {
    if (!this.isDivided) return;
    if (this.#changed === NONE) this.#changed = new Set();
    this.#changed.add(index);
  }

  /** Whether they are in parts. */
  get isDivided(): boolean {
    return this.#parts.length > 1;
  }

  get salt(): number {
    return this.#salt;
  }

  /** Puts them into parts, none of which is stored yet. @param salt drawn at random, u32 */
  divide(salt: number): void {
    const all = this.#part(0);
    this.#parts = Array.from({ length: PRODUCER_PARTS }, () => new Map());
    this.#salt = salt;
    for (const [id, state] of all) this.#parts[this.#indexOf(id)]!.set(id, state);
    this.#changed = new Set(this.#parts.keys());
  }

  /** The parts to be stored: those that were changed, with those of the last time unless `areStored` was called since. */
  takeChanged(): ReadonlySet<number> {
    for (const index of this.#underWay) this.#noteChange(index);
    this.#underWay = this.#changed;
    this.#changed = NONE;
    return this.#underWay;
  }

  /** What was taken last is stored. */
  areStored(): void {
    this.#underWay = NONE;
  }

  /** Those of one part; all of them where they are not in parts. May throw `DamagedData`. */
  part(index: number): ReadonlyMap<string, ProducerState> {
    return this.#part(index);
  }

  /** Brings a part back that is not yet; false when all are. May throw `DamagedData`. */
  bringPart(): boolean {
    const index = this.#parts.indexOf(undefined);
    if (index !== -1) this.#part(index);
    return index !== -1;
  }

  /** The ids of those that are back. */
  *ids(): Generator<string> {
    for (const part of this.#parts) if (part !== undefined) yield* part.keys();
  }

  /** All of them. It takes as long as there are many. */
  *[Symbol.iterator](): Generator<[string, ProducerState]> {
    while (this.bringPart());
    for (const part of this.#parts) yield* part!;
  }

  #part(index: number): Part {
    const part = this.#parts[index];
    if (part !== undefined) return part;
    const stored = this.#stored!.part(index);
    this.#parts[index] = stored;
    return stored;
  }

  #indexOf(id: string): number {
    return this.#parts.length === 1 ? 0 : partOf(id, this.#salt);
  }
}

/** Which part an id is in. Without the salt nobody finds many ids of the same part. */
function partOf(id: string, salt: number): number {
  const factor = salt | 1;
  let hash = salt ^ id.length;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), factor);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  }
  return (hash ^ (hash >>> 13)) & (PRODUCER_PARTS - 1);
}
