import { comparePaths } from "../stream/paths.ts";

/** A chunk is split when it grows past this many paths: small enough that an insertion moves little memory. */
const CHUNK_MAX = 512;

/**
 * A set of paths in their order, for listing: a page is found in the time of its own length, however many paths
 * there are. Sorted chunks in a sorted list: an insertion is two binary searches and one short move.
 */
export class SortedPaths {
  /** Sorted, none empty. */
  readonly #chunks: string[][] = [];

  /** Adds a path that is not in the set. */
  add(path: string): void {
    const at = Math.max(0, this.#chunkOf(path));
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([path]);
      return;
    }
    chunk.splice(firstAtLeast(chunk, path), 0, path);
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_MAX / 2));
  }

  /** Removes a path, if it is in the set. */
  delete(path: string): void {
    const at = this.#chunkOf(path);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    const index = firstAtLeast(chunk, path);
    if (chunk[index] !== path) return;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** Paths after `after` (exclusive) that begin with `prefix`, sorted, at most `limit`. */
  page(prefix: string, after: string, limit: number): readonly string[] {
    const from = comparePaths(after, prefix) < 0 ? prefix : after;
    const found: string[] = [];
    for (let at = Math.max(0, this.#chunkOf(from)); at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at]!;
      for (let index = firstAtLeast(chunk, from); index < chunk.length; index += 1) {
        const path = chunk[index]!;
        if (path === after) continue;
        if (found.length === limit || !path.startsWith(prefix)) return found;
        found.push(path);
      }
    }
    return found;
  }

  /** The last chunk that begins at or before `path`; -1: none does. */
  #chunkOf(path: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comparePaths(this.#chunks[middle]![0]!, path) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** The index of the first path that is not before `path`. */
function firstAtLeast(chunk: readonly string[], path: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePaths(chunk[middle]!, path) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
