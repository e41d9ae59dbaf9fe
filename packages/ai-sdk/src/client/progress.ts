import { Folded } from "@perennial/ai";
import type { UIMessageChunk } from "../sdk-types.ts";
import { uiMessageFormat } from "../ui-messages.ts";

/** Where a page keeps what it has seen: `sessionStorage`, say. */
export type ProgressStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Generations whose chunks are kept in memory, the last ones seen. */
const KEPT_MAX = 8;
/** How often the storage is written at most, in ms. */
const SAVE_MS = 250;
const PREFIX = "perennial-ai-sdk:";

/** What was seen of one generation: its chunks with their pieces joined, and where to go on. */
interface Seen {
  readonly offset: string;
  readonly leaseMs?: number | undefined;
  readonly chunks: readonly UIMessageChunk[];
}

/** What is read of one generation, and how far. */
export class Progress {
  readonly #folded: Folded<UIMessageChunk>;
  readonly #onAdvance: () => void;
  offset: string | undefined;
  leaseMs: number | undefined;

  constructor(seen: Seen | undefined, onAdvance: () => void) {
    this.#folded = new Folded(uiMessageFormat, seen?.chunks);
    this.offset = seen?.offset;
    this.leaseMs = seen?.leaseMs;
    this.#onAdvance = onAdvance;
  }

  /** All chunks up to `offset`, with their pieces joined. */
  get chunks(): UIMessageChunk[] {
    return this.#folded.chunks;
  }

  advance(chunks: readonly UIMessageChunk[], offset: string, leaseMs: number | undefined): void {
    for (const chunk of chunks) this.#folded.add(chunk);
    this.offset = offset;
    this.leaseMs = leaseMs;
    this.#onAdvance();
  }
}

/**
 * What this page has seen of each generation, so that whoever resumes one reads on the wire only what is new. In memory, and in
 * a storage if there is one: then over reloads.
 */
export class ProgressBook {
  readonly #storage: ProgressStorage | undefined;
  readonly #kept = new Map<string, Progress>();
  readonly #unsaved = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(storage: ProgressStorage | undefined) {
    this.#storage = storage;
    if (storage !== undefined && typeof addEventListener === "function")
      addEventListener("pagehide", () => this.#save());
  }

  /** What was seen of a generation; `fresh` forgets it. */
  of(url: string, { fresh }: { readonly fresh: boolean }): Progress {
    const seen = fresh ? undefined : (this.#kept.get(url) ?? this.#load(url));
    const progress = new Progress(seen as Seen | undefined, () => this.#later(url));
    this.#kept.delete(url);
    this.#kept.set(url, progress);
    for (const [oldest] of this.#kept) if (this.#kept.size > KEPT_MAX) this.#kept.delete(oldest);
    return progress;
  }

  /** The generation is over: nobody resumes it. */
  forget(url: string): void {
    this.#kept.delete(url);
    this.#unsaved.delete(url);
    this.#storage?.removeItem(PREFIX + url);
  }

  #load(url: string): Seen | undefined {
    const text = this.#storage?.getItem(PREFIX + url);
    if (text == null) return undefined;
    try {
      return JSON.parse(text) as Seen;
    } catch {
      // Somebody else's, or cut: it is read from the beginning.
      return undefined;
    }
  }

  #later(url: string): void {
    if (this.#storage === undefined) return;
    this.#unsaved.add(url);
    this.#timer ??= setTimeout(() => this.#save(), SAVE_MS);
  }

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const url of this.#unsaved) {
      const progress = this.#kept.get(url);
      if (progress?.offset === undefined) continue;
      const { offset, leaseMs, chunks } = progress;
      try {
        this.#storage?.setItem(PREFIX + url, JSON.stringify({ offset, leaseMs, chunks } satisfies Seen));
      } catch {
        // The storage is full: a reload reads from the beginning.
        this.#storage?.removeItem(PREFIX + url);
      }
    }
    this.#unsaved.clear();
  }
}
