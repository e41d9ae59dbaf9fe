/** All subscriptions: their rows on the disk, and the same in memory, by number, by id and by what they watch. */
import type { Pending } from "../shard/pending.ts";
import type { Row } from "../shard/table/row.ts";
import type { Settled, Table } from "../shard/table/table.ts";
import { type DeadLetter, type Link, NEW_PROGRESS, type Progress, type Settings } from "./core/state.ts";
import { ExactWatchers, GlobWatchers } from "./core/watchers.ts";
import { Subscription, type Watched } from "./subscription.ts";

/** What one decision changes about a subscription. All of it becomes durable together. */
export interface Change {
  readonly progress?: Progress;
  readonly links?: readonly Link[];
  /** Paths. */
  readonly unlinked?: readonly string[];
  readonly dead?: DeadLetter | undefined;
  /** Generations of dead letters that are dead no more. */
  readonly revived?: readonly number[];
}

/** The key of the last number that was given to a subscription: none is given twice, since tokens name them. */
const LAST = "last";
/** Rows of a deleted subscription that are taken away in one record. */
const SWEPT_ROWS = 500;

export class Store {
  readonly byNumber = new Map<number, Subscription>();
  readonly watchers = new ExactWatchers<Watched>();
  readonly globs = new GlobWatchers<Subscription>();
  /** To which wakes are written: no pattern matches them, or a wake would wake. */
  readonly wakeStreams = new ExactWatchers<Subscription>();
  /** Links of all. */
  links = 0;
  /** Dead letters of all. */
  deadLetters = 0;
  readonly #byId = new Map<string, Map<string, Subscription>>();
  readonly #globsOf = new Map<string, number>();
  readonly #linksOf = new Map<string, number>();
  readonly #table: Table;
  #lastNumber = 0;

  constructor(table: (onRestored: (rows: readonly Row[]) => void) => Table) {
    this.#table = table((rows) => this.#restore(rows));
  }

  async open(): Promise<void> {
    await this.#table.open();
    this.#lastNumber = (this.#table.get(LAST) as number | undefined) ?? 0;
    const parts: Row[] = [];
    for (const row of this.#table.rows())
      if (isSettings(row[0])) this.#apply(row);
      else parts.push(row);
    const orphans: string[] = [];
    for (const row of parts) {
      const number = numberOf(row[0]);
      if (number === undefined) continue;
      if (this.byNumber.has(number)) this.#apply(row);
      else orphans.push(row[0]);
    }
    void this.#sweep(orphans);
  }

  close(): Promise<void> {
    return this.#table.close();
  }

  /** Why nothing can be decided now, if so. */
  refusal(): ReturnType<Table["refusal"]> {
    return this.#table.refusal();
  }

  /** Resolves once all that was decided so far is durable, or lost. */
  get settled(): Settled {
    return this.#table.settled;
  }

  /** A record is lost, and so are all that were accepted after it. */
  undo(pending: Pending): void {
    this.#table.undo(pending);
  }

  /** A value that is no subscription's. */
  get(key: string): unknown {
    return this.#table.get(key);
  }

  put(key: string, value: unknown): Settled {
    return this.#table.write([[key, value]]);
  }

  find(scope: string, id: string): Subscription | undefined {
    return this.#byId.get(scope)?.get(id);
  }

  /** The subscriptions of a scope. */
  within(scope: string): ReadonlyMap<string, Subscription> {
    return this.#byId.get(scope) ?? new Map();
  }

  /** Patterns among the subscriptions of a scope. */
  patternsWithin(scope: string): number {
    return this.#globsOf.get(scope) ?? 0;
  }

  #countPattern({ pattern, scope }: Settings, by: 1 | -1): void {
    if (pattern !== undefined) this.#globsOf.set(scope, this.patternsWithin(scope) + by);
  }

  /** Links of the subscriptions of a scope. */
  linksWithin(scope: string): number {
    return this.#linksOf.get(scope) ?? 0;
  }

  #countLink({ settings: { scope } }: Subscription, by: 1 | -1): void {
    this.links += by;
    this.#linksOf.set(scope, this.linksWithin(scope) + by);
  }

  create(
    settings: Settings,
    change: Change,
  ): { readonly subscription: Subscription; readonly settled: Settled } {
    const number = ++this.#lastNumber;
    const rows: Row[] = [[LAST, number], [`s:${number}`, settings], ...rowsOf(number, change)];
    const settled = this.#table.write(rows);
    for (const row of rows) this.#apply(row);
    return { subscription: this.byNumber.get(number)!, settled };
  }

  change({ number }: Subscription, change: Change): Settled {
    const rows = rowsOf(number, change);
    if (rows.length === 0) return this.settled;
    const settled = this.#table.write(rows);
    for (const row of rows) this.#apply(row);
    return settled;
  }

  /** Its other rows go in the background: without the first one they mean nothing. */
  delete(subscription: Subscription): Settled {
    const { number, links, deadLetters } = subscription;
    const rest = [
      `p:${number}`,
      ...[...links.keys()].map((path) => `l:${number}:${path}`),
      ...[...deadLetters.keys()].map((generation) => `d:${number}:${generation}`),
    ];
    const first: Row = [`s:${number}`];
    const settled = this.#table.write([first]);
    this.#apply(first);
    void settled.then((failure) => (failure === undefined ? this.#sweep(rest) : undefined));
    return settled;
  }

  async #sweep(keys: readonly string[]): Promise<void> {
    for (let from = 0; from < keys.length && this.refusal() === undefined; from += SWEPT_ROWS) {
      const rows = keys.slice(from, from + SWEPT_ROWS).map((key): Row => [key]);
      if ((await this.#table.write(rows)) !== undefined) return;
    }
  }

  /** Rows are again what they were. What belongs to a subscription that is there again comes back with it. */
  #restore(rows: readonly Row[]): void {
    const back = new Set<number | undefined>();
    for (const row of rows) {
      this.#apply(row);
      if (isSettings(row[0]) && row[1] !== undefined) back.add(numberOf(row[0]));
    }
    if (back.size === 0) return;
    for (const row of this.#table.rows())
      if (!isSettings(row[0]) && back.has(numberOf(row[0]))) this.#apply(row);
  }

  /** The one function that a row takes effect by: when it was decided, at a restart, and when it is taken back. */
  #apply([key, value]: Row): void {
    const number = numberOf(key);
    if (number === undefined) return;
    const known = this.byNumber.get(number);
    if (isSettings(key)) {
      if (known !== undefined) this.#forget(known);
      if (value !== undefined) this.#hold(new Subscription(number, value as Settings));
    } else if (known !== undefined) this.#applyPart(known, key, value);
  }

  #applyPart(subscription: Subscription, key: string, value: unknown): void {
    const name = key.slice(key.indexOf(":", 2) + 1);
    if (key.startsWith("p:")) subscription.progress = (value as Progress | undefined) ?? NEW_PROGRESS;
    else if (key.startsWith("l:")) this.#setLink(subscription, name, value as Link | undefined);
    else this.#setDeadLetter(subscription, Number(name), value as DeadLetter | undefined);
  }

  #setDeadLetter({ deadLetters }: Subscription, generation: number, letter: DeadLetter | undefined): void {
    this.deadLetters -= deadLetters.size;
    if (letter === undefined) deadLetters.delete(generation);
    else deadLetters.set(generation, letter);
    this.deadLetters += deadLetters.size;
  }

  #setLink(subscription: Subscription, path: string, link: Link | undefined): void {
    const known = subscription.links.get(path);
    if (link === undefined) {
      if (known === undefined) return;
      subscription.links.delete(path);
      subscription.pending.delete(known);
      this.watchers.delete(path, known);
      this.#countLink(subscription, -1);
    } else if (known === undefined) {
      const watched: Watched = { subscription, link, tail: Math.max(link.acked, 0) };
      subscription.links.set(path, watched);
      this.watchers.add(path, watched);
      this.#countLink(subscription, 1);
    } else {
      const isOther = known.link.streamId !== link.streamId;
      known.link = link;
      subscription.note(known, isOther ? Math.max(link.acked, 0) : known.tail);
    }
  }

  #hold(subscription: Subscription): void {
    const { number, settings } = subscription;
    const { id, scope, pattern, wakeStream } = settings;
    this.byNumber.set(number, subscription);
    const ids = this.#byId.get(scope) ?? new Map<string, Subscription>();
    this.#byId.set(scope, ids.set(id, subscription));
    this.#countPattern(settings, 1);
    if (pattern !== undefined) this.globs.add(pattern, subscription);
    if (wakeStream !== undefined) this.wakeStreams.add(wakeStream, subscription);
  }

  #forget(subscription: Subscription): void {
    const { number, settings, links } = subscription;
    subscription.isGone = true;
    for (const path of [...links.keys()]) this.#setLink(subscription, path, undefined);
    this.deadLetters -= subscription.deadLetters.size;
    this.#countPattern(settings, -1);
    this.globs.delete(subscription);
    if (settings.wakeStream !== undefined) this.wakeStreams.delete(settings.wakeStream, subscription);
    this.byNumber.delete(number);
    const ids = this.#byId.get(settings.scope);
    if (ids?.get(settings.id) === subscription) ids.delete(settings.id);
    if (ids?.size === 0) this.#byId.delete(settings.scope);
  }
}

function rowsOf(number: number, { progress, links, unlinked, dead, revived }: Change): Row[] {
  const rows: Row[] = [];
  if (progress !== undefined) rows.push([`p:${number}`, progress]);
  for (const path of unlinked ?? []) rows.push([`l:${number}:${path}`]);
  for (const link of links ?? []) rows.push([`l:${number}:${link.path}`, link]);
  if (dead !== undefined) rows.push([`d:${number}:${dead.generation}`, dead]);
  for (const generation of revived ?? []) rows.push([`d:${number}:${generation}`]);
  return rows;
}

const isSettings = (key: string): boolean => key.startsWith("s:");

/** The subscription that a row is about. Keys of others have no colon behind their first letter. */
function numberOf(key: string): number | undefined {
  if (key[1] !== ":") return undefined;
  const end = key.indexOf(":", 2);
  return Number(end < 0 ? key.slice(2) : key.slice(2, end));
}
