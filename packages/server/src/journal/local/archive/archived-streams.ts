/** The archive as the catalogue sees it: streams by path, id and deadline, without those just removed. */
import { comparePaths } from "../../../stream/paths.ts";
import type { ForkOrigin, StreamState } from "../../../stream/state.ts";
import type { Archive, DuePage, DuePlace, PathsPage } from "../../contract/index.ts";
import type { Tails } from "../tails.ts";
import type { ArchiveStore } from "./archive-store.ts";
import {
  deadlineKey,
  numberOfKey,
  pathKey,
  pathOfKey,
  pathRangeEnd,
  pathRangeStart,
  streamKey,
  successor,
} from "./keys.ts";
import { decodeFork, decodeNumber, decodeState } from "./rows.ts";

/** Streams that are gone already and are passed over in one go, beside those that are found: a millisecond. */
const HIDDEN_LOOKS = 500;

export class ArchivedStreams implements Archive {
  readonly #store: ArchiveStore;
  readonly #tails: Tails;
  /** Streams whose removal was accepted and is not archived yet. */
  readonly #hidden = new Set<number>();

  constructor(store: ArchiveStore, tails: Tails) {
    this.#store = store;
    this.#tails = tails;
  }

  /** The stream's removal was accepted. */
  hide(id: number): void {
    this.#hidden.add(id);
  }

  /** The removal failed, or is archived now. */
  unhide(id: number): void {
    this.#hidden.delete(id);
  }

  byPath(path: string): StreamState | undefined {
    const id = this.#store.get(pathKey(path));
    return id === undefined ? undefined : this.byId(decodeNumber(id));
  }

  byId(id: number): StreamState | undefined {
    return this.#hidden.has(id) ? undefined : this.#stored(id);
  }

  paths(prefix: string, after: string, limit: number): PathsPage {
    const paths: string[] = [];
    const end = pathRangeEnd(prefix);
    // The least key after that of `after` is the same with a zero byte.
    let from = comparePaths(after, prefix) < 0 ? pathRangeStart(prefix) : successor(pathRangeStart(after));
    for (let looks = 0; paths.length < limit; ) {
      const entries = this.#store.entries(from, end, Math.min(limit - paths.length, HIDDEN_LOOKS));
      for (const { key, value } of entries) {
        const path = pathOfKey(key);
        if (!this.#hidden.has(decodeNumber(value)) && path.startsWith(prefix)) paths.push(path);
      }
      const last = entries.at(-1);
      if (last === undefined) return { paths, next: undefined };
      from = successor(last.key);
      looks += entries.length;
      if (looks < limit + HIDDEN_LOOKS || paths.length >= limit) continue;
      // Many in a row are hidden: the page ends at one of them.
      return { paths, next: pathOfKey(last.key) };
    }
    return { paths, next: paths.at(-1) };
  }

  /** The state in the archive, hidden or not. */
  #stored(id: number): StreamState | undefined {
    const row = this.#store.get(streamKey(id));
    return row === undefined ? undefined : decodeState(this.#store, row);
  }

  /** Hidden or not: what is left of a stream until its forks are gone. */
  forkOf(id: number): ForkOrigin | undefined {
    const row = this.#store.get(streamKey(id));
    return row === undefined ? undefined : decodeFork(row);
  }

  due(beforeMs: number, limit: number, [deadline, id]: DuePlace = [0, -1]): DuePage {
    const from = deadlineKey(deadline, id + 1);
    const keys = this.#store.keys(from, deadlineKey(beforeMs + 1, 0), limit);
    const last = keys.length === limit ? keys.at(-1) : undefined;
    return {
      ids: keys.map((key) => numberOfKey(key, 1)).filter((due) => !this.#hidden.has(due)),
      next: last && [numberOfKey(last, 0), numberOfKey(last, 1)],
    };
  }

  release(state: StreamState): boolean {
    if (this.#tails.get(state.id)?.changed) return false;
    this.#tails.forget(state.id);
    return true;
  }
}
