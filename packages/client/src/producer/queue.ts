import { SequenceGapError, StaleEpochError } from "../errors/producer-errors.ts";

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
 */
export type FlightState = "ready" | "sending" | "waiting" | "held" | "fenced";

export interface Batch {
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface Flight {
  readonly batch: Batch;
  readonly epoch: number;
  readonly seq: number;
  /** Failed attempts that are to be repeated. */
  readonly attempts: number;
}

interface MutableFlight extends Flight {
  epoch: number;
  seq: number;
  attempts: number;
  state: FlightState;
  /** Whether no earlier flight was left when it was last sent: then a gap cannot fill itself. */
  sentFirst: boolean;
}

/** What a request came to. */
export type Outcome =
  /** `duplicate`: the server had it before. */
  | { readonly type: "stored"; readonly offset: string; readonly duplicate: boolean }
  /** `retryAfterMs`: how long the server asks to wait, in ms; 0 if it does not. */
  | { readonly type: "retry"; readonly error: unknown; readonly retryAfterMs: number }
  | { readonly type: "gap"; readonly expected: number; readonly received: number }
  | { readonly type: "fenced"; readonly currentEpoch: number }
  | { readonly type: "refused"; readonly error: unknown };

/** What `settle` decided. */
export type Settled =
  | { readonly type: "stored" | "wait" | "held" }
  /** `dropped`: batches that will not be stored, the flight among them. */
  | { readonly type: "failed"; readonly error: unknown; readonly dropped: number };

/** Take-overs without enough stored batches between. More means a duel with another auto-claiming producer. */
export const CLAIMS_MAX = 5;
/** Stored batches after which a take-over is forgotten. */
const STORED_PER_CLAIM = 20;
/** Stored batches after which the window grows by one. */
const STORED_PER_GROWTH = 8;
/** The window never shrinks below this: while one batch is being stored the next should be on its way. */
const WINDOW_MIN = 2;

export class ProducerQueue {
  readonly #autoClaim: boolean;
  readonly #maxInFlight: number;
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

  constructor(options: {
    readonly epoch: number;
    readonly autoClaim: boolean;
    readonly maxInFlight: number;
  }) {
    this.#epoch = options.epoch;
    this.#autoClaim = options.autoClaim;
    this.#maxInFlight = options.maxInFlight;
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
    if (outcome.type === "stored" && !this.#isRivals(flight, outcome.duplicate)) return this.#stored(flight);
    if (this.#failure !== undefined) {
      flight.state = "ready";
      return this.fail(this.#failure.error);
    }
    switch (outcome.type) {
      case "stored":
        return this.#fenced(flight, flight.epoch);
      case "retry":
        flight.attempts++;
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

  /** Starts a new epoch, with no memory of failures. The queue must be empty. */
  restart(epoch: number): void {
    this.#epoch = epoch;
    this.#nextSeq = 0;
    this.#opening = true;
    this.#failure = undefined;
    this.#window = this.#maxInFlight;
  }

  /** Numbers a request that is not a batch: the closing one. The queue must be empty. */
  advance(): void {
    this.#nextSeq++;
  }

  /** Takes over from the producer that holds `currentEpoch`. False when that is not allowed, or was done too often. */
  claim(currentEpoch: number): boolean {
    if (!this.#autoClaim || this.#claims >= CLAIMS_MAX) return false;
    this.#claims++;
    this.#storedSinceClaim = 0;
    this.restart(Math.max(currentEpoch, this.#epoch) + 1);
    return true;
  }

  #ready(): MutableFlight | undefined {
    if (this.#opening) {
      const first = this.#flights[0];
      return first !== undefined && this.#isReady(first, 0) ? first : undefined;
    }
    return this.#flights.find((flight, index) => this.#isReady(flight, index));
  }

  #isReady(flight: MutableFlight, index: number): boolean {
    return flight.state === "ready" || (flight.state === "held" && index === 0);
  }

  #launch(): MutableFlight | undefined {
    const isFull = this.#flights.length >= (this.#opening ? 1 : this.#window);
    if (isFull || this.#flights.some((flight) => flight.state === "fenced")) return undefined;
    const batch = this.#queued.shift();
    if (batch === undefined) return undefined;
    const flight: MutableFlight = {
      batch,
      epoch: this.#epoch,
      seq: this.#nextSeq++,
      attempts: 0,
      state: "ready",
      sentFirst: false,
    };
    this.#flights.push(flight);
    return flight;
  }

  /**
   * Whether the first batch of an epoch that was taken over is someone else's: a duplicate although it was sent only
   * once. A rival then claimed the same epoch a moment earlier.
   */
  #isRivals(flight: MutableFlight, duplicate: boolean): boolean {
    return duplicate && this.#opening && this.#claims > 0 && flight.attempts === 0;
  }

  #stored(flight: MutableFlight): Settled {
    this.#flights = this.#flights.filter((other) => other !== flight);
    if (flight.epoch === this.#epoch) this.#opening = false;
    if (++this.#storedSinceClaim >= STORED_PER_CLAIM) this.#claims = 0;
    if (++this.#storedSinceGrowth >= STORED_PER_GROWTH && this.#window < this.#maxInFlight) {
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
    if (!this.#autoClaim || this.#claims >= CLAIMS_MAX) return this.fail(new StaleEpochError(currentEpoch));
    this.#fenceEpoch = Math.max(this.#fenceEpoch, currentEpoch);
    return { type: "held" };
  }

  /** Takes over once every request of the old epoch was answered. Those that were not stored start the new epoch. */
  #claimIfFenced(): void {
    if (!this.#flights.some((flight) => flight.state === "fenced")) return;
    if (this.#flights.some(isUndecided) || !this.claim(this.#fenceEpoch)) return;
    for (const flight of this.#flights) {
      flight.epoch = this.#epoch;
      flight.seq = this.#nextSeq++;
      flight.attempts = 0;
      flight.state = "ready";
    }
  }
}

/** Whether the server may yet store a flight under its present number. */
function isUndecided({ state, attempts }: MutableFlight): boolean {
  return state === "sending" || state === "waiting" || (state === "ready" && attempts > 0);
}
