/**
 * Which streams of one owner changed lately, for whoever keeps a list of them up to date without asking for all of it again. It
 * is kept only while somebody asks, and bounded; who asks too late learns that, and begins anew.
 */

/** Where somebody is in the changes. */
export interface ChangePlace {
  /** Which keeping of the changes it belongs to. */
  readonly epoch: string;
  readonly number: number;
}

export interface Changes {
  /** Where to go on. */
  readonly place: ChangePlace;
  /**
   * Paths that changed after the place that was asked about, each once, those that have been still for longest first; undefined:
   * nobody knows which.
   */
  readonly paths: readonly string[] | undefined;
}

export interface ChangeLogOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Uniform in [0, 1). Tells one keeping of the changes from another, over restarts, too. */
  readonly random: () => number;
  /** Paths that are kept, the newest; and changes that nobody asks for until it stops. */
  readonly paths?: number;
  readonly unasked?: number;
}

const PATHS = 10_000;
const UNASKED = 200_000;

export class ChangeLog {
  readonly #options: Required<ChangeLogOptions>;
  /** Numbers of the last changes, in their order. */
  readonly #numbers = new Map<string, number>();
  #epoch: string | undefined;
  #newest = 0;
  /** Changes up to this number may be forgotten. */
  #forgotten = 0;
  #unasked = 0;

  constructor(options: ChangeLogOptions) {
    const { now, random, paths = PATHS, unasked = UNASKED } = options;
    this.#options = { now, random, paths, unasked };
  }

  /** A stream has changed, as its readers see it. */
  note(path: string): void {
    if (this.#epoch === undefined) return;
    if (++this.#unasked > this.#options.unasked) {
      this.#stop();
      return;
    }
    // A clock's numbers tell nobody how many changes there were before.
    this.#newest = Math.max(this.#newest + 1, this.#options.now());
    this.#numbers.delete(path);
    this.#numbers.set(path, this.#newest);
    if (this.#numbers.size <= this.#options.paths) return;
    const [oldest, number] = this.#numbers.entries().next().value!;
    this.#numbers.delete(oldest);
    this.#forgotten = number;
  }

  /**
   * What changed after a place. From here on it is kept.
   *
   * @param since undefined for whoever begins
   * @param limit paths at most
   */
  since(since: ChangePlace | undefined, limit: number): Changes {
    this.#unasked = 0;
    this.#epoch ??= Math.floor(this.#options.random() * Number.MAX_SAFE_INTEGER).toString(36);
    const epoch = this.#epoch;
    if (since === undefined || since.epoch !== epoch || since.number < this.#forgotten) {
      this.#newest = Math.max(this.#newest, this.#options.now());
      return { place: { epoch, number: this.#newest }, paths: undefined };
    }
    const paths: string[] = [];
    let { number } = since;
    for (const [path, changed] of this.#numbers) {
      if (changed <= since.number) continue;
      if (paths.length === limit) break;
      paths.push(path);
      number = changed;
    }
    return { place: { epoch, number }, paths };
  }

  #stop(): void {
    this.#epoch = undefined;
    this.#numbers.clear();
    this.#unasked = 0;
  }
}
