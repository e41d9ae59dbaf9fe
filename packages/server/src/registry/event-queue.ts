/** Events that are still to be written, in order, up to a bound. */

interface Queued {
  readonly name: string;
  /** Grows from event to event. */
  readonly number: number;
  readonly event: string;
  isVoid: boolean;
}

export class EventQueue {
  readonly #most: number;
  #events: Queued[] = [];
  readonly #byName = new Map<string, Queued[]>();
  #newest = 0;

  /** @param most events that are kept */
  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** False: there are too many, and this one is not kept. */
  add(name: string, event: string): boolean {
    if (this.#events.length >= this.#most) return false;
    this.#newest += 1;
    const queued = { name, number: this.#newest, event, isVoid: false };
    this.#events.push(queued);
    const others = this.#byName.get(name);
    if (others === undefined) this.#byName.set(name, [queued]);
    else others.push(queued);
    return true;
  }

  /** A mark of what was told so far. */
  mark(): number {
    return this.#newest;
  }

  /** What was told of a name up to the mark counts no more: somebody has asked after it what there is. */
  forget(name: string, mark: number): void {
    for (const queued of this.#byName.get(name) ?? []) queued.isVoid ||= queued.number <= mark;
  }

  /** Takes the oldest out, `limit` at most. */
  take(limit: number): readonly string[] {
    const taken = this.#events.slice(0, limit);
    this.#events = this.#events.slice(limit);
    for (const queued of taken) this.#taken(queued);
    return taken.filter(({ isVoid }) => !isVoid).map(({ event }) => event);
  }

  #taken(queued: Queued): void {
    const others = this.#byName.get(queued.name);
    if (others?.[0] !== queued) return;
    others.shift();
    if (others.length === 0) this.#byName.delete(queued.name);
  }

  clear(): void {
    this.#events = [];
    this.#byName.clear();
  }
}
