/**
 * How long refusals are held back, once there are services. Who is refused for using too much would else ask again at once, and the
 * answers alone would slow others; and credentials cannot be tried out quickly. What is right is never held back.
 */
import { Rate } from "../../services/rate.ts";

/** A client that goes beyond its limits gets so many answers a second on each connection. */
const OVER_LIMIT_MS = 250;
const REFUSED_MS = 1000;

export class HeldBack {
  readonly #refused: Rate;

  /**
   * @param refusedPerSecond refused credentials a second that are answered at once
   * @param now milliseconds of a clock that nobody sets
   */
  constructor(refusedPerSecond: number, now: () => number) {
    this.#refused = new Rate(refusedPerSecond, now);
  }

  /** Milliseconds for which an answer is held back. */
  waitOf(status: number): number {
    if (status === 429) return OVER_LIMIT_MS;
    return status === 401 && !this.#refused.spend(1) ? REFUSED_MS : 0;
  }
}
