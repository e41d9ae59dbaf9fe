/**
 * Carrying a scan along to a position that moves on, as often as for every token that arrives. Rows that are at hand are
 * taken at once, all others are read from the server.
 */
import type { Row } from "./cut-rows.ts";

/** Something that is made from the rows of a stream in their order. */
export interface Scan {
  apply(rows: readonly Row[]): void;
}

/** How far a scan is. A new object for every step. */
export interface ScanView<T> {
  readonly scan: T;
  /** All rows before it are in the scan. */
  readonly position: number;
  readonly failure: string | undefined;
}

export interface ScanSources {
  /** The rows from a position on that need not be read, up to the end of what has arrived; none if it lies further back. */
  readonly rowsAtHand: (position: number) => readonly Row[];
  readonly read: (from: number, to: number, signal: AbortSignal) => AsyncIterable<readonly Row[]>;
  /** Resolves after so many ms. */
  readonly pause: (ms: number) => Promise<void>;
  /** A clock, ms. */
  readonly now: () => number;
}

/** Before something is read, ms: a drag along the timeline passes many positions. */
const PAUSE_MS = 100;
/** Between two steps that are shown, ms: drawing what is not complete should not take longer than completing it. */
const SHOW_PAUSE_MS = 200;

export class ScanRunner<T extends Scan> {
  readonly #sources: ScanSources;
  readonly #begin: () => ScanView<T>;
  readonly #listeners = new Set<() => void>();
  #latest: ScanView<T>;
  #shown: ScanView<T>;
  #shownAt = Number.NEGATIVE_INFINITY;
  #target = 0;
  #isRunning = false;
  #reading: AbortController | undefined;

  /**
   * @param create makes an empty scan
   * @param from where it begins: a position at which a row begins
   */
  constructor(sources: ScanSources, create: () => T, from: number) {
    this.#sources = sources;
    this.#begin = () => ({ scan: create(), position: from, failure: undefined });
    this.#latest = this.#begin();
    this.#shown = this.#latest;
  }

  readonly snapshot = (): ScanView<T> => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Goes on to a position, or begins anew if it lies before what was scanned. */
  aim(target: number): void {
    this.#target = target;
    if (target < this.#latest.position) {
      this.#reading?.abort();
      this.#latest = this.#begin();
    }
    if (!this.#isRunning) void this.#run();
  }

  /** Stops where it is, until it is aimed again. */
  stop(): void {
    this.#target = 0;
    this.#reading?.abort();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let isStuck = false;
    while (this.#latest.position < this.#target && !isStuck) {
      if (this.#takeAtHand()) continue;
      await this.#sources.pause(PAUSE_MS);
      const { scan, position } = this.#latest;
      if (!this.#takeAtHand()) await this.#read();
      // Nothing came although nothing was given up: the stream ends here, or has failed.
      isStuck = this.#latest.scan === scan && this.#latest.position === position;
    }
    this.#isRunning = false;
    this.#show(this.#latest, true);
  }

  /** Takes what has arrived already. Returns whether that was anything. */
  #takeAtHand(): boolean {
    const { position } = this.#latest;
    if (position >= this.#target) return false;
    const rows = this.#sources.rowsAtHand(position).filter((row) => row.position < this.#target);
    if (rows.length === 0) return false;
    this.#apply(rows);
    return true;
  }

  async #read(): Promise<void> {
    const { scan, position } = this.#latest;
    if (position >= this.#target) return;
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    try {
      for await (const rows of this.#sources.read(position, this.#target, signal)) {
        if (signal.aborted) return;
        this.#apply(rows);
      }
    } catch (error) {
      if (!signal.aborted) this.#latest = { scan, position, failure: (error as Error).message };
    }
  }

  #apply(rows: readonly Row[]): void {
    const { scan, position } = this.#latest;
    scan.apply(rows);
    this.#show({ scan, position: rows.at(-1)?.end ?? position, failure: undefined }, false);
  }

  #show(next: ScanView<T>, isLast: boolean): void {
    this.#latest = next;
    const now = this.#sources.now();
    if (this.#shown === next || (!isLast && now - this.#shownAt < SHOW_PAUSE_MS)) return;
    this.#shownAt = now;
    this.#shown = next;
    for (const listener of this.#listeners) listener();
  }
}
