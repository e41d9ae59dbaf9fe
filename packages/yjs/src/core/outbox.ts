/**
 * Changes on their way to the server, as a state machine without I/O. One request is under way at a time, and what is
 * changed meanwhile goes with the next: few requests, in order, and nothing to be sorted out when one is lost. A request
 * keeps its number through every repeat, so that the server stores it once.
 *
 *     add()  ->  pending  ->  next()  ->  flight  ->  settle(stored)         gone
 *                                           |  ^
 *                                           +--+      settle(anything else)  the same, again
 */
import { encodeFrames } from "./framing.ts";

/** A request is not made longer than this by adding a further change, bytes. */
const BODY_BYTES = 1024 * 1024;
/** So many changes that wait are merged into one: an hour offline is few kilobytes. */
const MERGED_CHANGES = 256;

/** A request: its body under its number. */
export interface Flight {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Absent where the server takes no more producers: Yjs does not mind a change that is stored twice. */
  readonly number: { readonly epoch: number; readonly seq: number } | undefined;
}

/** What a request came to. */
export type SendOutcome =
  | { readonly kind: "stored" }
  /** The answer was lost, or the server asks to come again. */
  | { readonly kind: "again" }
  /** The server does not count as we do, after it lost its memory or somebody took our name: a new epoch. */
  | { readonly kind: "out-of-step"; readonly epoch: number }
  /** The server remembers as many producers as it may. */
  | { readonly kind: "no-producers" }
  /** The body is longer than the server takes. */
  | { readonly kind: "too-long" };

interface Pending {
  readonly update: Uint8Array;
  /** How many changes it holds. */
  readonly changes: number;
}

export class Outbox {
  readonly #merge: (updates: Uint8Array[]) => Uint8Array;
  #epoch = 0;
  #seq = 0;
  #isNumbered = true;
  #bodyBytes = BODY_BYTES;
  #pending: Pending[] = [];
  #flight: { readonly sent: readonly Pending[]; readonly body: Uint8Array<ArrayBuffer> } | undefined;
  /** Called when all changes before them are stored, in the order of their counts. */
  #waiting: { readonly at: number; readonly onStored: () => void }[] = [];
  #added = 0;
  #stored = 0;

  /** @param merge `mergeUpdates` of Yjs */
  constructor(merge: (updates: Uint8Array[]) => Uint8Array) {
    this.#merge = merge;
  }

  /** Changes that the server has not confirmed. */
  get size(): number {
    return this.#added - this.#stored;
  }

  add(update: Uint8Array): void {
    this.#added++;
    this.#pending.push({ update, changes: 1 });
    if (this.#pending.length % MERGED_CHANGES === 0) this.#mergeLatest();
  }

  /** Calls back when all that was added so far is stored: at once, if it is. */
  whenStored(onStored: () => void): void {
    if (this.size === 0) onStored();
    else this.#waiting.push({ at: this.#added, onStored });
  }

  /** Replaces all of it by one update, or nothing, which says the same. */
  replace(update: Uint8Array | undefined): void {
    const changes = this.size;
    // What is under way, should it be stored after all, must not pass for what follows.
    if (this.#flight !== undefined) this.#renumber(this.#epoch);
    this.#flight = undefined;
    if (update === undefined) {
      this.#pending = [];
      this.#settleStored(changes);
      return;
    }
    if (changes === 0) this.#added++;
    this.#pending = [{ update, changes: Math.max(1, changes) }];
  }

  /** The request to send now: the same one until it is settled. */
  next(): Flight | undefined {
    this.#flight ??= this.#launch();
    if (this.#flight === undefined) return undefined;
    const number = this.#isNumbered ? { epoch: this.#epoch, seq: this.#seq } : undefined;
    return { body: this.#flight.body, number };
  }

  /** Takes what became of the request. False when it cannot be sent at all: a single change that is too long. */
  settle({ body }: Flight, outcome: SendOutcome): boolean {
    const flight = this.#flight;
    if (flight === undefined || flight.body !== body) return true;
    switch (outcome.kind) {
      case "stored":
        this.#flight = undefined;
        this.#seq++;
        this.#settleStored(flight.sent.reduce((sum, { changes }) => sum + changes, 0));
        return true;
      case "again":
        return true;
      case "out-of-step":
        this.#renumber(outcome.epoch);
        return true;
      case "no-producers":
        this.#isNumbered = false;
        return true;
      case "too-long":
        if (flight.sent.length === 1) return false;
        this.#bodyBytes = Math.ceil(flight.body.length / 2);
        this.#pending.unshift(...flight.sent);
        this.#flight = undefined;
        return true;
    }
  }

  /** What follows is numbered anew: whoever stores it has not seen our numbers. */
  renumber(): void {
    this.#renumber(this.#epoch);
  }

  #renumber(above: number): void {
    this.#epoch = Math.max(this.#epoch, above) + 1;
    this.#seq = 0;
  }

  #launch(): { sent: Pending[]; body: Uint8Array<ArrayBuffer> } | undefined {
    if (this.#pending.length === 0) return undefined;
    let count = 1;
    let bytes = this.#pending[0]!.update.length;
    for (; count < this.#pending.length; count++) {
      bytes += this.#pending[count]!.update.length;
      if (bytes > this.#bodyBytes) break;
    }
    const sent = this.#pending.splice(0, count);
    return { sent, body: encodeFrames(sent.map(({ update }) => update)) };
  }

  #settleStored(changes: number): void {
    this.#stored += changes;
    while (this.#waiting.length > 0 && this.#waiting[0]!.at <= this.#stored)
      this.#waiting.shift()!.onStored();
  }

  #mergeLatest(): void {
    const latest = this.#pending.splice(-MERGED_CHANGES);
    const changes = latest.reduce((sum, pending) => sum + pending.changes, 0);
    this.#pending.push({ update: this.#merge(latest.map(({ update }) => update)), changes });
  }
}
