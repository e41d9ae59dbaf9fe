/**
 * Another producer with the same id has taken over under a higher epoch (403), or wrote under the same epoch, now or
 * earlier (a duplicate of what was sent for the first time). This one can write no more until `restart()`, which takes
 * over in turn.
 *
 * @example
 * ```ts
 * import { DurableStream, IdempotentProducer, StaleEpochError } from "@perennial/client";
 * const handle = new DurableStream({ url: "https://example.com/streams/orders" });
 * const producer = new IdempotentProducer(handle, "importer-1", {
 *   onError: (error) => {
 *     if (error instanceof StaleEpochError) console.log("replaced by epoch", error.currentEpoch);
 *   },
 * });
 * producer.append("order 1");
 * ```
 */
export class StaleEpochError extends Error {
  /** The epoch that the server holds for this producer id. */
  readonly currentEpoch: number;
  /** Whether the refused batch may be stored: the answer to an earlier attempt was lost. */
  readonly maybeStored: boolean;

  constructor(currentEpoch: number, maybeStored = false) {
    const fate = maybeStored ? "may or may not be" : "is not";
    super(
      `A producer with this id wrote under epoch ${currentEpoch}. This batch ${fate} stored; restart() takes over`,
    );
    this.name = "StaleEpochError";
    this.currentEpoch = currentEpoch;
    this.maybeStored = maybeStored;
  }
}

/**
 * The server misses an earlier batch of this producer (409), and no batch in flight can fill the gap.
 *
 * @example
 * ```ts
 * import { SequenceGapError } from "@perennial/client";
 * const missing = (error: unknown) => (error instanceof SequenceGapError ? error.expectedSeq : undefined);
 * ```
 */
export class SequenceGapError extends Error {
  /** The sequence number that the server waits for. */
  readonly expectedSeq: number;
  /** The sequence number that it was sent. */
  readonly receivedSeq: number;

  constructor(expectedSeq: number, receivedSeq: number) {
    super(`Producer sequence gap: expected ${expectedSeq}, received ${receivedSeq}`);
    this.name = "SequenceGapError";
    this.expectedSeq = expectedSeq;
    this.receivedSeq = receivedSeq;
  }
}
