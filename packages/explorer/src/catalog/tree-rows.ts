/** The rows of the tree of streams: folders by the slashes of paths, opened ones with what is in them. */
import { readablePath } from "../server/readable-path.ts";
import { firstAtOrAfter, type StreamEntry } from "./merge-page.ts";

export interface FolderRow {
  readonly kind: "folder";
  /** With its slash at the end. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly isOpen: boolean;
  /** Streams in it, at any depth. */
  readonly count: number;
  /** Their stored bytes together. */
  readonly size: number;
  /** Their bytes per second together. */
  readonly rate: number;
}

export interface StreamRow {
  readonly kind: "stream";
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly entry: StreamEntry;
}

export type TreeRow = FolderRow | StreamRow;

/** Sorts after every character that a path can contain. */
const AFTER_ALL = "\uffff";

/**
 * The rows that are visible. Closed folders cost a binary search, whatever is in them.
 *
 * @param entries sorted by path
 * @param isOpen whether a folder is open, by its path
 */
export function treeRows(entries: readonly StreamEntry[], isOpen: (folder: string) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  const sums = new Sums(entries);
  const visit = (from: number, to: number, folder: string, depth: number): void => {
    for (let index = from; index < to; ) {
      const entry = entries[index]!;
      const slash = entry.path.indexOf("/", folder.length);
      if (slash < 0) {
        rows.push({ kind: "stream", path: entry.path, name: nameOf(entry.path, folder), depth, entry });
        index++;
        continue;
      }
      const path = entry.path.slice(0, slash + 1);
      const end = firstAtOrAfter(entries, path + AFTER_ALL);
      const open = isOpen(path);
      const name = `${nameOf(entry.path.slice(0, slash), folder)}/`;
      rows.push({ kind: "folder", path, name, depth, isOpen: open, ...sums.between(index, end) });
      if (open) visit(index, end, path, depth + 1);
      index = end;
    }
  };
  visit(0, entries.length, "", 0);
  return rows;
}

/** The streams whose readable path holds every word of the search, in any letter case, by their whole paths. */
export function matchingRows(entries: readonly StreamEntry[], search: string): StreamRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: StreamRow[] = [];
  for (const entry of entries) {
    const name = readablePath(entry.path);
    const text = name.toLowerCase();
    if (words.every((word) => text.includes(word)))
      rows.push({ kind: "stream", path: entry.path, name, depth: 0, entry });
  }
  return rows;
}

/** The folders that a stream is in, outermost first. */
export function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1))
    folders.push(path.slice(0, slash + 1));
  return folders;
}

function nameOf(path: string, folder: string): string {
  return readablePath(path.slice(folder.length));
}

/** Sums over any run of entries in constant time. */
class Sums {
  readonly #sizes: Float64Array;
  readonly #rates: Float64Array;

  constructor(entries: readonly StreamEntry[]) {
    this.#sizes = new Float64Array(entries.length + 1);
    this.#rates = new Float64Array(entries.length + 1);
    for (let index = 0; index < entries.length; index++) {
      this.#sizes[index + 1] = this.#sizes[index]! + entries[index]!.size;
      this.#rates[index + 1] = this.#rates[index]! + entries[index]!.rate;
    }
  }

  between(from: number, to: number): Pick<FolderRow, "count" | "size" | "rate"> {
    return {
      count: to - from,
      size: this.#sizes[to]! - this.#sizes[from]!,
      rate: this.#rates[to]! - this.#rates[from]!,
    };
  }
}
