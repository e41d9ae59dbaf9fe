/**
 * Where messages end within long appends: found once, a step at a time while others are served, and remembered sparsely for as
 * many appends as were asked about lately. So a place deep inside an append is known without reading all that is before it.
 */
import type { Stream } from "../catalog/stream.ts";
import { MessageScanner } from "../stored/messages.ts";
import { type ByteSource, boundaryBefore, pieces, RangeReader } from "./bytes.ts";
import type { Reading } from "./reading.ts";
import type { Work } from "./turns.ts";

/** Appends that are remembered. */
const APPENDS_MAX = 64;
/** Stored bytes from one known end to the next, about: what is scanned at most when a place is asked for. */
const SPACING_BYTES = 16 * 1024;

const NOTHING = new Uint8Array();

/** Ends of messages of one append, ascending. Between two that lie more than `SPACING_BYTES` apart there is none. */
interface IndexedAppend {
  readonly ends: readonly number[];
  /** Resolves when all of them are there. */
  readonly found: Promise<Uint8Array>;
}

export class MessageIndex {
  readonly #source: ByteSource;
  readonly #appends = new Map<string, IndexedAppend>();

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The last place at or before `position` at which a message of the append that begins at `start` begins or ends. */
  *placeBefore(stream: Stream, start: number, position: number): Reading<number> {
    let known = start;
    if (position - start > SPACING_BYTES) {
      const ends = yield* this.#endsOf(stream, start);
      const next = firstAfter(ends, position);
      known = ends[next - 1] ?? start;
      if (next < ends.length && ends[next]! - known > SPACING_BYTES) return known;
    }
    const scanner = new MessageScanner();
    yield* pieces(this.#source, stream, known, position, (bytes) => {
      scanner.scan(bytes);
      return true;
    });
    return known + scanner.boundary;
  }

  /** The end of a message of more than `SPACING_BYTES` that begins at `from`, in the append that begins at `start`. */
  *endAfter(stream: Stream, start: number, from: number): Reading<number> {
    const ends = yield* this.#endsOf(stream, start);
    return ends[firstAfter(ends, from)]!;
  }

  *#endsOf(stream: Stream, start: number): Reading<readonly number[]> {
    const key = `${stream.state.id}:${start}`;
    let append = this.#appends.get(key);
    if (append === undefined) {
      const ends: number[] = [];
      const found = this.#source.turns.run(this.#find(stream, start, ends));
      append = { ends, found };
      if (this.#appends.size === APPENDS_MAX) this.#appends.delete(this.#appends.keys().next().value!);
      this.#appends.set(key, append);
      // What cannot be read is read again by whoever asks next.
      found.catch(() => this.#appends.delete(key));
    }
    yield append.found;
    return append.ends;
  }

  /** Scans the append and keeps, of the ends in each part, the last one, and the first one where that lies far. */
  *#find(stream: Stream, start: number, ends: number[]): Work<Uint8Array> {
    const scanner = new MessageScanner();
    const reader = new RangeReader(this.#source, stream, start, stream.visibleTail);
    for (let at = start; at === start || boundaryBefore(this.#source, stream, at) === start; ) {
      const bytes = yield* reader.step();
      if (bytes === undefined) break;
      for (let from = 0; from < bytes.length; from += SPACING_BYTES) {
        const known = ends.at(-1) ?? start;
        const part = bytes.subarray(from, from + SPACING_BYTES);
        const read = scanner.scan(part, scanner.count + 1);
        const first = start + scanner.boundary;
        scanner.scan(part.subarray(read));
        const last = start + scanner.boundary;
        if (last - known > SPACING_BYTES && first < last) ends.push(first);
        if (last > known) ends.push(last);
      }
      at += bytes.length;
      yield undefined;
    }
    return NOTHING;
  }
}

/** The index of the first place after `position`; the length of the list if there is none. */
function firstAfter(places: readonly number[], position: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]! > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
