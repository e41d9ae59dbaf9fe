/** Reading a stream's bytes through its forks: what a fork inherited lies with its sources. */
import type { Ancestor, Stream } from "../catalog/stream.ts";
import { type Log, READ_CHUNK_BYTES } from "../journal/contract/index.ts";
import { ownStart } from "../stream/state.ts";
import { holdersFrom, type LineageSource } from "./lineage.ts";
import type { Answer, Reading } from "./reading.ts";
import type { Work } from "./turns.ts";

/** Where bytes are read: of a shard, what this needs. */
export interface ByteSource extends LineageSource {
  readonly log: Pick<Log, "read" | "boundaryBefore" | "damageFrom">;
}

/** Pieces that are put together at once, and of so many generations of forks: some hundred microseconds. */
const PIECES_AT_ONCE = 64;
const HOLDERS_AT_ONCE = 16;
/** And in one step after that. */
const PIECES_PER_STEP = 16;

/** A stream that holds the bytes up to `end` of a range, from where the one before it ends. */
interface Holder {
  readonly id: number;
  readonly end: number;
}

/**
 * Durable bytes `[from, to)` of a stream as its readers see it, in order, in pieces of at most `READ_CHUNK_BYTES`. Which
 * source holds which part of them is found once, however many generations of forks there are. Reading throws when the
 * stream was removed meanwhile.
 */
export class RangeReader {
  readonly #source: ByteSource;
  /** Who holds the next piece, up to where. */
  #id: number;
  #end: number;
  /** Who holds the rest: the last one is read first. Only forks have any. */
  #later: Holder[] | undefined;
  readonly #to: number;
  #at: number;

  constructor(source: ByteSource, stream: Stream, from: number, to: number) {
    this.#source = source;
    this.#at = from;
    this.#to = to;
    this.#id = stream.state.id;
    this.#end = to;
    if (from < ownStart(stream.state)) this.#divide(holdersFrom(source, stream, from));
  }

  /** Which of them holds which part. */
  #divide(holders: readonly Ancestor[]): void {
    this.#later = [];
    for (const { id, start } of holders) {
      this.#id = id;
      if (start <= this.#at || start >= this.#end) continue;
      this.#later.push({ id, end: this.#end });
      this.#end = start;
    }
  }

  /**
   * The next piece, owned by the caller; undefined after the last. A promise when it lies far away: then call again only
   * when it is there.
   *
   * @param memory where to put it: `READ_CHUNK_BYTES` of the caller's own; without it it gets its own
   */
  next(memory?: Uint8Array): Uint8Array | Promise<Uint8Array> | undefined {
    if (this.#at === this.#to) return undefined;
    const to = Math.min(this.#end, this.#at + READ_CHUNK_BYTES);
    const bytes = this.#source.log.read(this.#id, this.#at, to, memory);
    return bytes instanceof Promise ? bytes.then((come) => this.#took(come)) : this.#took(bytes);
  }

  /** How many streams hold what is left. */
  get holders(): number {
    return 1 + (this.#later?.length ?? 0);
  }

  /** As `next`, as a step of a longer reading. */
  *step(): Reading<Uint8Array | undefined> {
    const bytes = this.next();
    return bytes instanceof Promise ? yield bytes : bytes;
  }

  #took(bytes: Uint8Array): Uint8Array {
    this.#at += bytes.length;
    if (this.#at < this.#end) return bytes;
    const next = this.#later?.pop();
    if (next !== undefined) {
      this.#id = next.id;
      this.#end = next.end;
    }
    return bytes;
  }
}

/** All bytes of `[from, to)`, piece by piece, for as long as `take` wants more. */
export function* pieces(
  source: ByteSource,
  stream: Stream,
  from: number,
  to: number,
  take: (bytes: Uint8Array) => boolean,
): Reading<void> {
  if (from >= to) return;
  const reader = new RangeReader(source, stream, from, to);
  for (let bytes = yield* reader.step(); bytes !== undefined; bytes = yield* reader.step()) {
    if (!take(bytes)) return;
  }
}

/** All bytes of `[from, to)`, at least one, in one piece. For ranges whose length is bounded. */
export function wholeSlice(source: ByteSource, stream: Stream, from: number, to: number): Answer<Uint8Array> {
  const reader = new RangeReader(source, stream, from, to);
  const first = reader.next()!;
  const isWhole = !(first instanceof Promise) && first.length === to - from;
  return isWhole ? first : joined(source, reader, first, to - from);
}

/** @param now the first piece */
function* joined(
  source: ByteSource,
  reader: RangeReader,
  now: Uint8Array | Promise<Uint8Array>,
  length: number,
): Reading<Uint8Array> {
  const first = now instanceof Promise ? yield now : now;
  if (first.length === length) return first;
  const whole = Buffer.allocUnsafe(length);
  whole.set(first);
  let at = first.length;
  const atOnce = reader.holders > HOLDERS_AT_ONCE ? 1 : PIECES_AT_ONCE;
  for (let pieces = 1; at < length; pieces++) {
    if (pieces === atOnce) return yield source.turns.run(filledInSteps(reader, whole, at));
    const bytes = (yield* reader.step())!;
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

/** Puts together what is left, from `from` on. */
function* filledInSteps(reader: RangeReader, whole: Uint8Array, from: number): Work<Uint8Array> {
  let at = from;
  for (let pieces = 1; at < whole.length; pieces++) {
    const bytes = (yield* reader.step())!;
    whole.set(bytes, at);
    at += bytes.length;
    if (pieces % PIECES_PER_STEP === 0) yield undefined;
  }
  return whole;
}

/** The nearest known position at or before `position` at which an append, and so a message, begins. */
export function boundaryBefore(source: ByteSource, stream: Stream, position: number): number {
  const { id, start } = holdersFrom(source, stream, position).at(-1)!;
  return position === start ? start : Math.max(start, source.log.boundaryBefore(id, position));
}

/** Where damaged bytes are known to begin in `[from, to)` of a stream as its readers see it; `to` when none do. */
export function damageBefore(source: ByteSource, stream: Stream, from: number, to: number): number {
  let found = to;
  let end = to;
  for (const { id, start: own } of holdersFrom(source, stream, from)) {
    const start = Math.max(from, own);
    const damage = source.log.damageFrom(id, start);
    if (damage !== undefined && damage < end) found = damage;
    end = Math.min(end, start);
  }
  return found;
}
