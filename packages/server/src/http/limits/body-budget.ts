import type { RequestProblem } from "../problems.ts";

/** How many bytes of request bodies the server holds at this moment, and how many it may. */
export class BodyBudget {
  readonly #perBody: number;
  readonly #overall: number;
  #held = 0;
  /**
   * Whether a long body can be stored soon, given its length so far: undefined if so; otherwise resolves when it can. Until then the
   * rest of it had better stay where it is.
   */
  readonly roomFor: (byteLength: number) => Promise<void> | undefined;

  /**
   * @param perBody bytes of one body at most
   * @param overall bytes of all bodies held at once at most
   * @param roomFor as the member; by default there always is
   */
  constructor(perBody: number, overall: number, roomFor: BodyBudget["roomFor"] = () => undefined) {
    this.#perBody = perBody;
    this.#overall = overall;
    this.roomFor = roomFor;
  }

  /**
   * Why a body cannot be received (any further), if so.
   *
   * @param total its length, as announced or as received with the bytes at hand
   * @param more those of its bytes that are not held yet
   */
  refusal(total: number, more: number): RequestProblem | undefined {
    if (total > this.#perBody) return { kind: "body-too-large", limit: this.#perBody };
    return this.#held + more > this.#overall ? { kind: "bodies-over-budget" } : undefined;
  }

  /** Bytes held at this moment. */
  get held(): number {
    return this.#held;
  }

  hold(byteLength: number): void {
    this.#held += byteLength;
  }

  release(byteLength: number): void {
    this.#held -= byteLength;
  }
}
