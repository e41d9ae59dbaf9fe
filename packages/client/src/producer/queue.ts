import { SequenceGapError, StaleEpochError } from "../errors/producer-errors.ts";
import type { Batch, Flight, Outcome, QueueOptions, Settled, Stored } from "./flight.ts";

/**
 * The producer's queue as a state machine without I/O. Batches wait in `queued` until they are numbered and become
 * flights; a flight keeps its (epoch, seq) through every retry, so that the server stores it once.
 *
 *     state     means                                       left by
 *     ready     to be sent                                  next() -> sending
 *     sending   a request is under way                      settle()
 *     waiting   a retry is due later                        wake() -> ready
 *     held      the server wants earlier flights first      when those are gone -> ready
 *     fenced    another producer took over; not stored      when no flight is under the old epoch -> ready, renumbered
 *
 * Laws:
 * - Flights are ordered by seq, without gaps; numbers are given in the order of `add`.
 * - An epoch's first flight travels alone until it is stored: the server refuses any other to start an epoch.
 * - Flights of two epochs are never under way together. After a fence, every request of the old epoch is answered
 *   before the first of the new one is sent, so that it is known which batches are still to be stored.
 * - After a failure nothing is sent until `restart()`: what was not stored leaves no hole that later batches hide.
 * - A duplicate counts as stored only if nobody else can have written under its number (`#isRivals`).
 * - A batch that may be stored already is sent under its own number or not at all. Fenced, it is a failure: whether it
 *   is stored cannot be known any more, and under a new number it would perhaps be stored twice.
 */
export type FlightState = "ready" | "sending" | "waiting" | "held" | "fenced";

interface MutableFlight extends Flight {
  epoch: number;
  seq: number;
  attempts: number;
  maybeStored: boolean;
  state: FlightState;
  /** Whether no earlier flight was left when it was last sent: then a gap cannot fill itself. */
  sentFirst: boolean;
}

/** Take-overs without enough stored batches between. More means a duel with another auto-claiming producer. */
export const CLAIMS_MAX = 5;
/** Stored batches after which a take-over is forgotten. */
const STORED_PER_CLAIM = 20;
/** Stored batches after which the window grows by one. */
const STORED_PER_GROWTH = 8;
/** The window never shrinks below this: while one batch is being stored the next should be on its way. */
const WINDOW_MIN = 2;

export class ProducerQueue {
  readonly #options: QueueOptions;
  #epoch: number;
  #nextSeq = 0;
  #queued: Batch[] = [];
  #flights: MutableFlight[] = [];
  #failure: { readonly error: unknown } | undefined;
  /** The epoch is not established: one flight at a time. */
  #opening = true;
  /** Flights allowed at once. Shrinks when requests overtake one another, since each overtaker is sent twice. */
  #window: number;
  #claims = 0;
  #storedSinceClaim = 0;
  #storedSinceGrowth = 0;
  #fenceEpoch = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#epoch = options.epoch;
    this.#window = options.maxInFlight;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** Batches queued and under way. */
  get size(): number {
    return this.#queued.length + this.#flights.length;
  }

  /** What stopped the queue, if anything did. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Takes a batch. False when the queue has failed: the batch is dropped. */
  add(batch: Batch): boolean {
    if (this.#failure !== undefined) return false;
    this.#queued.push(batch);
    return true;
  }

  /** The next flight to send; it counts as sending from now on. */
  next(): Flight | undefined {
    if (this.#failure !== undefined) return undefined;
    this.#claimIfFenced();
    const flight = this.#ready() ?? this.#launch();
    if (flight === undefined) return undefined;
    flight.state = "sending";
    flight.sentFirst = this.#flights[0] === flight;
    return flight;
  }

  /** Takes a request's outcome. */
  settle(sent: Flight, outcome: Outcome): Settled {
    const flight = this.#flights.find((candidate) => candidate === sent);
    if (flight === undefined) return { type: "held" };
    if (outcome.type === "stored" && !this.#isRivals(flight, outcome)) return this.#stored(flight);
    if (this.#failure !== undefined) {
      flight.state = "ready";
      return this.fail(this.#failure.error);
    }
    switch (outcome.type) {
      case "stored":
        return this.#fenced(flight, flight.epoch);
      case "retry":
        flight.attempts++;
        flight.maybeStored ||= !outcome.refused;
        flight.state = "waiting";
        return { type: "wait" };
      case "gap":
        return this.#gap(flight, outcome.expected, outcome.received);
      case "fenced":
        return this.#fenced(flight, outcome.currentEpoch);
      case "refused":
        flight.state = "ready";
        return this.fail(outcome.error);
    }
  }

  /** A flight's wait is over. */
  wake(flight: Flight): void {
    const waiting = this.#flights.find((candidate) => candidate === flight);
    if (waiting?.state === "waiting") waiting.state = "ready";
  }

  /** Stops the queue: all that is not being sent at this moment is dropped. */
  fail(error: unknown): Extract<Settled, { type: "failed" }> {
    this.#failure ??= { error };
    const sending = this.#flights.filter((flight) => flight.state === "sending");
    const dropped = this.size - sending.length;
    this.#flights = sending;
    this.#queued = [];
    return { type: "failed", error: this.#failure.error, dropped };
  }

  /** Starts an epoch above the given one, with no memory of failures. The queue must be empty. */
  restart(above = this.#epoch): void {
    this.#epoch = this.#options.nextEpoch(Math.max(above, this.#epoch));
    this.#nextSeq = 0;
    this.#opening = true;
    this.#failure = undefined;
    this.#window = this.#options.maxInFlight;
  }

  /** Takes a closing request that failed out again: it gives its number back, and the queue goes on. */
  withdraw(): void {
    this.#failure = undefined;
    this.#nextSeq--;
  }

  #ready(): MutableFlight | undefined {
    if (this.#opening) {
      const first = this.#flights[0];
      return first !== undefined && this.#isReady(first, 0) ? first : undefined;
    }
    return this.#flights.find((flight, index) => this.#isReady(flight, index));
  }

  #isReady(flight: MutableFlight, index: number): boolean {
    if (flight.state === "ready") return true;
    // After a fence the server, too, must say whether a batch may be stored under its old number.
    return flight.state === "held" && (index === 0 || (flight.maybeStored && this.#flights.some(isFenced)));
  }

  #launch(): MutableFlight | undefined {
    const isFull = this.#flights.length >= (this.#opening ? 1 : this.#window);
    if (isFull || this.#flights.some(isFenced)) return undefined;
    const batch = this.#queued.shift();
    if (batch === undefined) return undefined;
    const flight: MutableFlight = {
      batch,
      epoch: this.#epoch,
      seq: this.#nextSeq++,
      attempts: 0,
      maybeStored: batch.maybeStored ?? false,
      state: "ready",
      sentFirst: false,
    };
    this.#flights.push(flight);
    return flight;
  }

  /**
   * Whether what the server has under a flight's number is somebody else's: another producer of this id, or one that
   * ran before. Nobody else can have an epoch that was drawn. In any other, a duplicate of what was sent but once is
   * not ours; one of a repeat is, unless the server has more of the epoch than was ever sent.
   */
  #isRivals(flight: MutableFlight, { duplicate, highest = 0 }: Stored): boolean {
    if (!duplicate || this.#options.isSole || this.#options.replay) return false;
    return !flight.maybeStored || highest >= this.#nextSeq;
  }

  #stored(flight: MutableFlight): Settled {
    this.#flights = this.#flights.filter((other) => other !== flight);
    if (flight.epoch === this.#epoch) this.#opening = false;
    if (++this.#storedSinceClaim >= STORED_PER_CLAIM) this.#claims = 0;
    if (++this.#storedSinceGrowth >= STORED_PER_GROWTH && this.#window < this.#options.maxInFlight) {
      this.#window++;
      this.#storedSinceGrowth = 0;
    }
    return { type: "stored" };
  }

  #gap(flight: MutableFlight, expected: number, received: number): Settled {
    flight.state = "held";
    if (expected >= flight.seq || flight.sentFirst)
      return this.fail(new SequenceGapError(expected, received));
    this.#window = Math.min(this.#window, Math.max(WINDOW_MIN, this.#window >> 1));
    this.#storedSinceGrowth = 0;
    return { type: "held" };
  }

  #fenced(flight: MutableFlight, currentEpoch: number): Settled {
    flight.state = "fenced";
    const { maybeStored } = flight;
    const mayClaim = this.#options.autoClaim && !maybeStored && this.#claims < CLAIMS_MAX;
    if (!mayClaim) return this.fail(new StaleEpochError(currentEpoch, maybeStored));
    this.#fenceEpoch = Math.max(this.#fenceEpoch, currentEpoch);
    return { type: "held" };
  }

  /** Takes over once every request of the old epoch was answered. Those that were not stored start the new epoch. */
  #claimIfFenced(): void {
    if (!this.#flights.some(isFenced)) return;
    if (this.#flights.some(isUndecided)) return;
    this.#claims++;
    this.#storedSinceClaim = 0;
    this.restart(this.#fenceEpoch);
    for (const flight of this.#flights) {
      flight.epoch = this.#epoch;
      flight.seq = this.#nextSeq++;
      flight.attempts = 0;
      flight.state = "ready";
    }
  }
}

function isFenced({ state }: MutableFlight): boolean {
  return state === "fenced";
}

/** Whether the server may yet store a flight under its present number. */
function isUndecided({ state, attempts, maybeStored }: MutableFlight): boolean {
  if (state === "held") return maybeStored;
  return state === "sending" || state === "waiting" || (state === "ready" && attempts > 0);
}
