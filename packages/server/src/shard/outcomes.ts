/** When a verdict may be told to the client that asked for it. */
import type { LogFailure } from "../journal/contract/index.ts";
import { type Rejected, type Rejection, reject } from "../stream/rejections.ts";
import type { Pending } from "./pending.ts";
import type { Shard } from "./shard.ts";

/** A verdict and, if it was recorded, the record that must be durable first. */
export interface Verdict<Outcome> {
  readonly outcome: Outcome;
  readonly pending: Pending | undefined;
}

/**
 * Resolves to the outcome of `judge` once it rests on durable facts only. A verdict without a record of its own
 * (a duplicate, a conflict) waits for the records on which it rests, and is judged anew if these are lost.
 */
export function durably<Outcome>(
  shard: Shard,
  path: string,
  judge: () => Verdict<Outcome>,
): Promise<Outcome | Rejected> {
  const { outcome, pending } = judge();
  if (pending !== undefined) {
    return pending.settled.then((failure) =>
      failure === undefined ? outcome : reject(storageRejection(failure)),
    );
  }
  const unsettled = shard.catalog.newest(path)?.unsettled;
  if (unsettled === undefined) return Promise.resolve(outcome);
  return unsettled.settled.then((failure) => (failure === undefined ? outcome : durably(shard, path, judge)));
}

const REJECTIONS = { full: "storage-full", failed: "storage-failed", taken: "not-owner" } as const;

function storageRejection(failure: LogFailure): Rejection {
  return { kind: REJECTIONS[failure.kind] };
}
