/** The archive as the catalogue sees it: streams by path, id and deadline, without those just removed. */
import { comparePaths } from "../../../stream/paths.ts";
import type { StreamState } from "../../../stream/state.ts";
import type { Archive, DuePage, DuePlace } from "../../contract/index.ts";
import type { Tails } from "../tails.ts";
import type { ArchiveStore } from "./archive-store.ts";
import {
  deadlineKey,
  numberOfKey,
  pathKey,
  pathRangeEnd,
  pathRangeStart,
  streamKey,
  successor,
} from "./keys.ts";
import { decodeNumber, decodeState } from "./rows.ts";
import { unlessDamaged } from "./sealed-store.ts";

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
    if (this.#hidden.has(id)) return undefined;
    const row = this.#store.get(streamKey(id));
    return row === undefined ? undefined : decodeState(row);
  }

  paths(prefix: string, after: string, limit: number): readonly string[] {
    const paths: string[] = [];
    const end = pathRangeEnd(prefix);
    // The least key after that of `after` is the same with a zero byte.
    let from = comparePaths(after, prefix) < 0 ? pathRangeStart(prefix) : successor(pathRangeStart(after));
    while (paths.length < limit) {
      const entries = this.#store.entries(from, end, limit - paths.length);
      for (const { value } of entries) {
        const path = unlessDamaged(() => this.byId(decodeNumber(value)))?.path;
        if (path?.startsWith(prefix)) paths.push(path);
      }
      const last = entries.at(-1);
      if (last === undefined) break;
      from = successor(last.key);
    }
    return paths;
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
