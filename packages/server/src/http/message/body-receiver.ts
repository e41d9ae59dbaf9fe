/** Receiving a request body within its limits, for every door: the door only brings the pieces. */
import { ok } from "@perennial/protocol";
import { AHEAD_BYTES } from "../../shard/shard-deps.ts";
import type { StoredBytes } from "../../stream/records.ts";
import type { BodyBudget } from "../limits/body-budget.ts";
import { type Parsed, type RequestProblem, refuse } from "../problems.ts";
import { GatheredBody } from "./gathered-body.ts";

export interface ReceiverSettings {
  /** The length that the request announces, if it does. */
  readonly announced: number | undefined;
  readonly budget: BodyBudget;
  /** How long the body may take to arrive, milliseconds; undefined: somebody else watches over that. */
  readonly timeoutMs: number | undefined;
}

/**
 * Settles once: with the whole body, whose bytes are then held against the budget until `release`, or with why there
 * is none. What comes after that is dropped.
 */
export class BodyReceiver {
  readonly #budget: BodyBudget;
  readonly #settle: (outcome: Parsed<StoredBytes>) => void;
  readonly #timeoutMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #body: GatheredBody | undefined;
  /** Whether it is known that a long body can be stored soon. */
  #hasAsked = false;
  /** Bytes counted against the budget. */
  #held = 0;

  constructor(settings: ReceiverSettings, settle: (outcome: Parsed<StoredBytes>) => void) {
    const { announced, budget, timeoutMs } = settings;
    this.#budget = budget;
    this.#settle = settle;
    this.#body = new GatheredBody(announced);
    this.#timeoutMs = timeoutMs;
    this.#startTimer();
  }

  #startTimer(): void {
    if (this.#timeoutMs === undefined) return;
    this.#timer = setTimeout(() => this.giveUp({ kind: "request-timeout" }), this.#timeoutMs);
  }

  get isSettled(): boolean {
    return this.#body === undefined;
  }

  /**
   * The next piece, which is copied.
   *
   * @returns undefined, or what resolves when the next one should be brought: nothing of it is to be read before
   */
  add(piece: Uint8Array): Promise<void> | undefined {
    if (this.#body === undefined) return undefined;
    const refusal = this.#budget.refusal(this.#body.byteLength + piece.length, piece.length);
    if (refusal !== undefined) {
      this.giveUp(refusal);
      return undefined;
    }
    this.#budget.hold(piece.length);
    this.#held += piece.length;
    this.#body.add(piece);
    return this.#hasAsked || this.#body.byteLength <= AHEAD_BYTES ? undefined : this.#room();
  }

  /** A long body, the rest of which would be held in memory for as long as the log has no room for it. */
  #room(): Promise<void> | undefined {
    this.#hasAsked = true;
    const room = this.#budget.roomFor(this.#held);
    if (room === undefined) return undefined;
    // Its sender is not to blame for the wait.
    clearTimeout(this.#timer);
    return room.then(() => {
      if (!this.isSettled) this.#startTimer();
    });
  }

  /** That was the last piece. */
  end(): void {
    if (this.#body !== undefined) this.#settleWith(ok(this.#body.bytes()));
  }

  /** There will be no whole body. */
  giveUp(problem: RequestProblem): void {
    if (this.#body !== undefined) this.#settleWith(refuse(problem));
  }

  /** Nobody needs the body any more. */
  release(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
  }

  #settleWith(outcome: Parsed<StoredBytes>): void {
    clearTimeout(this.#timer);
    this.#body = undefined;
    if (outcome.kind === "rejected") this.release();
    this.#settle(outcome);
  }
}
