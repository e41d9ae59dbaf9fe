/**
 * All streams of the server: paged through once, then kept up to date by asking what has changed. A server that does not tell is
 * paged through again and again.
 */
import type { ListedChanges, ListedPage, ListedStream } from "@perennial/protocol";
import { type ListQuery, PAGE_STREAMS } from "../server/listing.ts";
import { mergeChanges } from "./merge-changes.ts";
import { firstAtOrAfter, mergeSegment, type StreamEntry } from "./merge-page.ts";

/** What the page shows of it. A new object for every change. */
export interface CatalogSnapshot {
  /** Sorted by path. */
  readonly entries: readonly StreamEntry[];
  /** Whether the whole list was seen at least once. */
  readonly isComplete: boolean;
  /** Why the list could not be asked the last time. */
  readonly failure: string | undefined;
}

/** What the catalogue needs from outside. */
export interface CatalogSources {
  readonly list: (query: ListQuery) => Promise<ListedPage>;
  /** What changed since a cursor; without one, the cursor to begin with. undefined: the server does not tell. */
  readonly changes: (since: string | undefined) => Promise<ListedChanges | undefined>;
  readonly now: () => number;
  /** Resolves after so many ms. */
  readonly wait: (ms: number) => Promise<void>;
}

/** Between two pages of a sweep through a list that was seen once, ms: all of 100,000 streams in 20 s. */
const SWEEP_PAUSE_MS = 200;
/** Between two looks at what is in sight, ms. */
const WATCH_PAUSE_MS = 1000;
/** Between two questions what has changed, ms: while something does, and while nothing does. */
const CHANGING_PAUSE_MS = 1000;
const STILL_PAUSE_MS = 2000;
const RETRY_PAUSE_MS = 2000;
/** Listeners are called no more often, ms. */
const NOTIFY_PAUSE_MS = 150;

type Asked<T> = { readonly kind: "answer"; readonly value: T } | { readonly kind: "failed" };

export class Catalog {
  readonly #sources: CatalogSources;
  readonly #listeners = new Set<() => void>();
  #snapshot: CatalogSnapshot = { entries: [], isComplete: false, failure: undefined };
  #pending: CatalogSnapshot | undefined;
  #watched: { readonly first: string; readonly last: string } | undefined;
  /** Streams that are looked at one by one, and by how many. */
  readonly #pinned = new Map<string, number>();
  #isRunning = false;
  /** Whether the server tells what changes. */
  #isTold = false;

  constructor(sources: CatalogSources) {
    this.#sources = sources;
  }

  readonly snapshot = (): CatalogSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins, for as long as the page lives. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#keep();
    void this.#watch();
  }

  /** Says which streams are in sight: they are looked at every second. */
  watch(first: string | undefined, last: string | undefined): void {
    this.#watched = first === undefined || last === undefined ? undefined : { first, last };
  }

  /** Looks at a stream every second, wherever it is in the list. Returns what ends that. */
  pin(path: string): () => void {
    this.#pinned.set(path, (this.#pinned.get(path) ?? 0) + 1);
    return () => {
      const others = (this.#pinned.get(path) ?? 1) - 1;
      if (others === 0) this.#pinned.delete(path);
      else this.#pinned.set(path, others);
    };
  }

  /** Looks at one stream now, for example because it was just created or deleted here. */
  refresh(path: string): Promise<void> {
    return this.#look(path);
  }

  /** Leaves a stream out that was just deleted here. */
  forget(path: string): void {
    this.#replace(this.#before(path), path, []);
  }

  async #keep(): Promise<void> {
    while (this.#isRunning) {
      // Before the list is read, or what changes meanwhile would be missed.
      const begun = await this.#attempt(() => this.#sources.changes(undefined));
      if (begun.kind === "failed") {
        await this.#sources.wait(RETRY_PAUSE_MS);
        continue;
      }
      await this.#sweep();
      this.#isTold = begun.value !== undefined;
      if (begun.value === undefined) await this.#sources.wait(WATCH_PAUSE_MS);
      else await this.#follow(begun.value.cursor);
    }
  }

  /** Pages through the whole list. */
  async #sweep(): Promise<void> {
    let after: string | undefined = "";
    while (after !== undefined) {
      const page: ListedPage | undefined = await this.#ask({ after, limit: PAGE_STREAMS });
      if (page === undefined) {
        await this.#sources.wait(RETRY_PAUSE_MS);
        continue;
      }
      this.#replace(after, page.next, page.streams);
      after = page.next;
      if (after !== undefined && this.#latest.isComplete) await this.#sources.wait(SWEEP_PAUSE_MS);
    }
    this.#publish({ isComplete: true });
  }

  /** Takes what changes, until nobody knows what has. */
  async #follow(cursor: string): Promise<void> {
    let since = cursor;
    let pause = CHANGING_PAUSE_MS;
    while (this.#isRunning) {
      await this.#sources.wait(pause);
      const asked = await this.#attempt(() => this.#sources.changes(since));
      if (asked.kind === "answer" && (asked.value === undefined || asked.value.reset)) return;
      pause = RETRY_PAUSE_MS;
      if (asked.kind === "failed" || asked.value === undefined) continue;
      const { streams, removed } = asked.value;
      since = asked.value.cursor;
      const entries = mergeChanges(this.#latest.entries, { streams, removed }, this.#sources.now());
      if (entries !== this.#latest.entries) this.#publish({ entries });
      pause = pauseAfter(streams.length + removed.length);
    }
  }

  async #watch(): Promise<void> {
    while (this.#isRunning) {
      await this.#sources.wait(WATCH_PAUSE_MS);
      // A list of one page is swept every second anyway.
      if (this.#isTold || this.#latest.entries.length <= PAGE_STREAMS) continue;
      for (const path of this.#pinned.keys()) await this.#look(path);
      if (this.#watched === undefined) continue;
      const { entries } = this.#latest;
      const { first, last } = this.#watched;
      const from = firstAtOrAfter(entries, first);
      const count = firstAtOrAfter(entries, last) + 1 - from;
      const after = this.#before(first);
      const page = await this.#ask({ after, limit: Math.max(1, Math.min(count, PAGE_STREAMS)) });
      if (page !== undefined) this.#replace(after, page.next, page.streams);
    }
  }

  async #look(path: string): Promise<void> {
    const page = await this.#ask({ prefix: path, limit: 1 });
    if (page === undefined) return;
    const found = page.streams.filter((stream) => stream.path === path);
    this.#replace(this.#before(path), path, found);
  }

  async #ask(query: ListQuery): Promise<ListedPage | undefined> {
    const asked = await this.#attempt(() => this.#sources.list(query));
    return asked.kind === "answer" ? asked.value : undefined;
  }

  /** Asks, and says on the page whether there was an answer. */
  async #attempt<T>(question: () => Promise<T>): Promise<Asked<T>> {
    try {
      const value = await question();
      if (this.#latest.failure !== undefined) this.#publish({ failure: undefined });
      return { kind: "answer", value };
    } catch (error) {
      this.#publish({ failure: (error as Error).message });
      return { kind: "failed" };
    }
  }

  /** The path before `path` in the list; empty if it is the first. */
  #before(path: string): string {
    const { entries } = this.#latest;
    return entries[firstAtOrAfter(entries, path) - 1]?.path ?? "";
  }

  #replace(after: string, through: string | undefined, streams: readonly ListedStream[]): void {
    const segment = { after, through, streams };
    this.#publish({ entries: mergeSegment(this.#latest.entries, segment, this.#sources.now()) });
  }

  get #latest(): CatalogSnapshot {
    return this.#pending ?? this.#snapshot;
  }

  #publish(change: Partial<CatalogSnapshot>): void {
    const isFirst = this.#snapshot.entries.length === 0;
    const isScheduled = this.#pending !== undefined;
    this.#pending = { ...this.#latest, ...change };
    if (isScheduled) return;
    if (isFirst) this.#deliver();
    else void this.#sources.wait(NOTIFY_PAUSE_MS).then(() => this.#deliver());
  }

  #deliver(): void {
    if (this.#pending === undefined) return;
    this.#snapshot = this.#pending;
    this.#pending = undefined;
    for (const listener of this.#listeners) listener();
  }
}

/** What is full has more behind it. */
function pauseAfter(changes: number): number {
  if (changes >= PAGE_STREAMS) return SWEEP_PAUSE_MS;
  return changes > 0 ? CHANGING_PAUSE_MS : STILL_PAUSE_MS;
}
