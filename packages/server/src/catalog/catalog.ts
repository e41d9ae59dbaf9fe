/**
 * Streams by path and by id. What is not in memory is loaded from the log's archive when it is touched, and
 * dropped again when it was not used for a while, and the archive has it as it is. The while is a matter of time (`IdlePace`), and is
 * as short as it has to be when more are held than there should be. "More" is both a count and a weight: a stream that
 * remembers thousands of producers counts for as much as thousands of plain ones.
 */
import type { Archive, PathsPage } from "../journal/contract/index.ts";
import { comparePaths } from "../stream/paths.ts";
import type { ForkOrigin, StreamState } from "../stream/state.ts";
import { inUseLimit, isHeavy, MemoryShort, PLAIN_STREAM_BYTES, weightOf } from "../stream/weight.ts";
import { Deadlines } from "./deadlines.ts";
import { SortedPaths } from "./sorted-paths.ts";
import { Stream } from "./stream.ts";

/** Streams looked at in one go when there are too many in memory: a fraction of a millisecond. */
export const TRIM_LOOKS = 4000;

const NO_PATHS: readonly string[] = [];

/** What one ancestor of a fork takes, bytes. */
const ANCESTOR_BYTES = 48;

/** About how many bytes of memory a stream takes with what is held beside its state. */
function wholeWeightOf({ state, lineage }: Stream): number {
  return weightOf(state) + (lineage === undefined ? 0 : lineage.length * ANCESTOR_BYTES);
}

/** Paths of two sorted lists, sorted, each once. */
function merged(left: readonly string[], right: readonly string[]): readonly string[] {
  if (left.length === 0) return right;
  return right.length === 0 ? left : [...new Set([...left, ...right])].sort(comparePaths);
}

export class Catalog {
  readonly #archive: Archive | undefined;
  readonly #loadedMax: number;
  readonly #onCrowded: () => void;
  readonly #byPath = new Map<string, Stream>();
  /** The keys of `#byPath` in order. */
  readonly #paths = new SortedPaths();
  readonly #byId = new Map<number, Stream>();
  /** Loaded streams with a lifetime, for the sweep. */
  readonly deadlines = new Deadlines();
  /** What all of them weigh, bytes. */
  #weight = 0;
  /** Where `trim` goes on looking. */
  #hand = this.#byId.values();

  /**
   * @param archive undefined: every stream stays in memory
   * @param loadedMax plain streams held in memory before idle ones are dropped
   * @param onCrowded called when one that was loaded, or has grown, makes them too many: `trim` soon, but not from inside
   */
  constructor(archive: Archive | undefined, loadedMax: number, onCrowded: () => void) {
    this.#archive = archive;
    this.#loadedMax = loadedMax;
    this.#onCrowded = onCrowded;
  }

  /** Streams held in memory. */
  get loaded(): number {
    return this.#byId.size;
  }

  /** What the streams in memory weigh, bytes. */
  get weight(): number {
    return this.#weight;
  }

  get #isCrowded(): boolean {
    return this.#byId.size > this.#loadedMax || this.#weight > this.#loadedMax * PLAIN_STREAM_BYTES;
  }

  /** Whether twice as much is held as there should be: what is in use, and cannot be dropped, must not grow any more. */
  get isOverfull(): boolean {
    return this.#weight > inUseLimit(2 * this.#loadedMax);
  }

  /** Takes note of what a stream weighs now. To be called when it remembers more, or less. */
  weigh(stream: Stream): void {
    if (this.#byId.get(stream.state.id) !== stream) return;
    const weight = wholeWeightOf(stream);
    this.#weight += weight - stream.weight;
    const hasGrown = weight > stream.weight;
    stream.weight = weight;
    if (hasGrown && this.#isCrowded) this.#onCrowded();
  }

  /**
   * The newest life of a path, in whatever state; undefined when the path was never used or is free again.
   *
   * @throws MemoryShort for a stream that is not in memory, remembers much, and finds no room
   */
  newest(path: string): Stream | undefined {
    const stream = this.#byPath.get(path);
    if (stream !== undefined) {
      stream.recentlyUsed = true;
      return stream;
    }
    const state = this.#archive?.byPath(path);
    if (state === undefined) return undefined;
    if (this.isOverfull && isHeavy(state)) throw new MemoryShort();
    return this.#load(state);
  }

  /** The life of a path that readers may see: its creation is durable and its removal is not. */
  visible(path: string): Stream | undefined {
    let stream = this.newest(path);
    while (stream?.visibility === "unborn") stream = stream.previous;
    return stream?.visibility === "removed" ? undefined : stream;
  }

  /**
   * Paths after `after` (exclusive) that begin with `prefix`, sorted, at most `limit`. Some may not name a visible
   * stream: ask `peek`.
   */
  paths(prefix: string, after: string, limit: number): PathsPage {
    const inMemory = this.#paths.page(prefix, after, limit);
    const { paths: archived = NO_PATHS, next: lookedTo } = this.#archive?.paths(prefix, after, limit) ?? {};
    // What lies behind the place to which the archive has looked belongs to the next page.
    const loaded =
      lookedTo === undefined ? inMemory : inMemory.filter((path) => comparePaths(path, lookedTo) <= 0);
    const paths = merged(loaded, archived).slice(0, limit);
    return { paths, next: paths.length === limit ? paths.at(-1) : lookedTo };
  }

  /** Like `visible`, but leaves in the archive what is there and does not count as a use. */
  peek(path: string): Stream | undefined {
    let stream = this.peekNewest(path);
    while (stream?.visibility === "unborn") stream = stream.previous;
    return stream;
  }

  /** Like `newest`, but leaves in the archive what is there and does not count as a use. */
  peekNewest(path: string): Stream | undefined {
    const stream = this.#byPath.get(path);
    if (stream !== undefined) return stream;
    const state = this.#archive?.byPath(path);
    return state === undefined ? undefined : new Stream(state, state.life);
  }

  /** A stream by id. Throws when there is none: ids come from states and records, never from clients. */
  byId(id: number): Stream {
    const found = this.find(id);
    if (found === undefined) throw new Error(`no stream with id ${id}`);
    return found;
  }

  /** A stream by id, if it exists. */
  find(id: number): Stream | undefined {
    const stream = this.#byId.get(id);
    if (stream !== undefined) return stream;
    const state = this.#archive?.byId(id);
    return state === undefined ? undefined : this.#load(state);
  }

  /** Where a stream was forked from, by its id; undefined if it is no fork. Loads nothing into memory. */
  forkOf(id: number): ForkOrigin | undefined {
    const stream = this.#byId.get(id);
    return stream === undefined ? this.#archive?.forkOf(id) : stream.state.fork;
  }

  #load(state: StreamState): Stream {
    const stream = this.adopt(state);
    if (this.#isCrowded) this.#onCrowded();
    return stream;
  }

  /** Takes a durable stream into memory. */
  adopt(state: StreamState): Stream {
    const stream = new Stream(state, state.life);
    this.#hold(stream);
    return stream;
  }

  /** Takes in a stream whose creation was just accepted; an older life of the path stays visible meanwhile. */
  admit(stream: Stream): void {
    stream.previous = this.#byPath.get(stream.state.path);
    this.#hold(stream);
  }

  #hold(stream: Stream): void {
    if (!this.#byPath.has(stream.state.path)) this.#paths.add(stream.state.path);
    this.#byPath.set(stream.state.path, stream);
    this.#byId.set(stream.state.id, stream);
    stream.weight = wholeWeightOf(stream);
    this.#weight += stream.weight;
    this.deadlines.add(stream);
  }

  /** Forgets a stream: its removal is durable, or its creation has failed. */
  forget(stream: Stream): void {
    const { path, id } = stream.state;
    if (this.#byPath.get(path) === stream) {
      if (stream.previous === undefined) this.#forgetPath(path);
      else this.#byPath.set(path, stream.previous);
    } else {
      this.#forgetOlder(path, stream);
    }
    if (this.#byId.delete(id)) this.#weight -= stream.weight;
    stream.weight = 0;
    // Whoever holds on to it, a slow reader or the next checkpoint, needs none of them.
    stream.state.producers = undefined;
    this.deadlines.delete(stream);
  }

  #forgetPath(path: string): void {
    this.#byPath.delete(path);
    this.#paths.delete(path);
  }

  #forgetOlder(path: string, stream: Stream): void {
    let newer = this.#byPath.get(path);
    while (newer !== undefined && newer.previous !== stream) newer = newer.previous;
    if (newer !== undefined) newer.previous = stream.previous;
  }

  /** Whether a stream is in memory. */
  isLoaded(id: number): boolean {
    return this.#byId.has(id);
  }

  /** All loaded streams. */
  streams(): IterableIterator<Stream> {
    return this.#byId.values();
  }

  /**
   * Finds idle streams, by second chance: those that were not used between two visits.
   *
   * @param owed streams looked at in any case
   * @param looks streams looked at while there are too many, at most
   * @param onIdle told of an idle stream: evicts it, or does first what has to be done before it may go
   */
  trim(owed: number, looks: number, onIdle: (stream: Stream) => void): void {
    for (let looked = 0; looked < owed || (looked < looks && this.#isCrowded); looked++) {
      const stream = this.#underHand();
      if (stream === undefined) return;
      if (stream.recentlyUsed) stream.recentlyUsed = false;
      else onIdle(stream);
    }
  }

  /** The next of all streams, round and round; undefined when there are none. */
  #underHand(): Stream | undefined {
    const next = this.#hand.next();
    if (!next.done) return next.value;
    this.#hand = this.#byId.values();
    return this.#hand.next().value;
  }

  /** Drops a stream from memory if nobody needs it there and the archive has it as it is. */
  evict(stream: Stream): boolean {
    const idle =
      stream.listeners.size === 0 &&
      stream.pins === 0 &&
      stream.unsettled === undefined &&
      stream.previous === undefined;
    if (!idle || stream.visibility !== stream.state.life || !this.#archive?.release(stream.state))
      return false;
    this.forget(stream);
    return true;
  }
}
