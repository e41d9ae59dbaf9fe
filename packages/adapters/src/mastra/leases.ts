import { FetchError, type Offset } from "@perennial/client";
import { readLog } from "../streams/append.ts";
import { handleAt, type StreamsPlace } from "../streams/place.ts";

/** Who has a lease. */
export interface LeaseRecord {
  /** Of this record, so that a writer whose answer was lost knows its own. */
  readonly id: string;
  /** "" when it was given back. */
  readonly owner: string;
  /** When it ends, in ms since 1970. */
  readonly until: number;
  /** How much its owner has done: what it is for a lease of a group. */
  readonly done?: number;
}

/** Who has a lease by its last record; undefined if nobody has. */
export function holderOf(record: LeaseRecord | undefined): string | undefined {
  return record !== undefined && record.owner !== "" && record.until > Date.now() ? record.owner : undefined;
}

/** A lease as this process knows it. */
interface LeaseState {
  readonly record: LeaseRecord | undefined;
  /** Records so far. */
  readonly count: number;
  readonly offset: Offset;
}

const NOBODY: LeaseState = { record: undefined, count: 0, offset: "-1" };
/** Times that others may be faster before this process gives up. */
const ATTEMPTS_MAX = 5;
/** Leases whose places are remembered. */
const STATES_MAX = 1_000;
/** Digits of a number, so that numbers compare as texts. */
const DIGITS = 15;

/**
 * Leases: each a stream of records, of which the last one counts. Each record has a number, and a stream takes each number once:
 * of two processes that write at once, one is refused. Processes compare ends with their own clocks.
 */
export class Leases {
  readonly #place: StreamsPlace;
  readonly #ttlSeconds: number;
  readonly #states = new Map<string, LeaseState>();

  constructor(place: StreamsPlace, ttlSeconds: number) {
    this.#place = place;
    this.#ttlSeconds = ttlSeconds;
  }

  /** What was said last, also by somebody whose lease is over. */
  async last(key: string): Promise<LeaseRecord | undefined> {
    return (await this.#read(key)).record;
  }

  /**
   * Writes a record if the lease is as a rule wants it.
   *
   * @param next - the record that follows; undefined if the one that is there does not allow it
   * @returns the record that is in force then, and whether it is this one
   */
  async change(
    key: string,
    next: (held: LeaseRecord | undefined) => Omit<LeaseRecord, "id"> | undefined,
  ): Promise<{ readonly isOurs: boolean; readonly record: LeaseRecord | undefined }> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const { record, count } = await this.#read(key);
      const wanted = next(record);
      if (wanted === undefined) return { isOurs: false, record };
      const written = { ...wanted, id: crypto.randomUUID() };
      if (await this.#write(key, written, count)) return { isOurs: true, record: written };
    }
    return { isOurs: false, record: (await this.#read(key)).record };
  }

  async #read(key: string): Promise<LeaseState> {
    const known = this.#states.get(key) ?? NOBODY;
    const { values, offset } = await readLog<LeaseRecord>(this.#handle(key), known.offset);
    const isNew = offset === "-1";
    const count = (isNew ? 0 : known.count) + values.length;
    const state: LeaseState = { record: values.at(-1) ?? (isNew ? undefined : known.record), count, offset };
    // Known again by reading it from its beginning.
    this.#states.delete(key);
    this.#states.set(key, state);
    const [oldest] = this.#states.keys();
    if (this.#states.size > STATES_MAX && oldest !== undefined) this.#states.delete(oldest);
    return state;
  }

  async #write(key: string, record: LeaseRecord, count: number): Promise<boolean> {
    const handle = this.#handle(key);
    const seq = String(count).padStart(DIGITS, "0");
    try {
      if (count === 0) await handle.create({ ttlSeconds: this.#ttlSeconds });
      await handle.append(JSON.stringify(record), { seq });
      return true;
    } catch (error) {
      if (!(error instanceof FetchError) || error.status !== 409) throw error;
      // Somebody was faster; or this was, and its answer was lost.
      return (await this.#read(key)).record?.id === record.id;
    }
  }

  #handle(key: string) {
    return handleAt(this.#place, "leases", key);
  }
}
