import { type Rejected as RejectedFor, reject as rejectFor } from "@perennial/protocol";

/**
 * Why a command was refused. Each kind is one row of the table in `http/errors.ts`, which alone knows statuses,
 * headers and bodies; the core never does.
 */
export type Rejection =
  | { readonly kind: "stream-not-found" }
  | { readonly kind: "stream-gone" }
  | { readonly kind: "stream-exists"; readonly difference: string }
  | { readonly kind: "path-in-use" }
  | { readonly kind: "source-not-found" }
  | { readonly kind: "source-gone" }
  | { readonly kind: "source-contended" }
  | { readonly kind: "fork-content-type"; readonly expected: string }
  | { readonly kind: "fork-too-deep"; readonly limit: number }
  | { readonly kind: "fork-offset-beyond-tail" }
  | { readonly kind: "fork-offset-inside-message" }
  | { readonly kind: "fork-sub-offset-beyond-tail" }
  | { readonly kind: "empty-body" }
  | { readonly kind: "missing-content-type" }
  | { readonly kind: "content-type-mismatch"; readonly expected: string }
  | { readonly kind: "stream-closed"; readonly finalPosition: number }
  | { readonly kind: "stale-epoch"; readonly currentEpoch: number }
  | { readonly kind: "epoch-must-start-at-zero" }
  | { readonly kind: "sequence-gap"; readonly expected: number; readonly received: number }
  | { readonly kind: "stream-seq-regression"; readonly last: string }
  | { readonly kind: "producer-limit"; readonly limit: number }
  /** `limit`: characters of all ids together. */
  | { readonly kind: "producer-ids-limit"; readonly limit: number }
  | { readonly kind: "too-much-remembered" }
  | { readonly kind: "invalid-json"; readonly message: string; readonly position: number }
  | { readonly kind: "json-message-too-large"; readonly position: number }
  | { readonly kind: "empty-array" }
  | { readonly kind: "stream-full" }
  | {
      readonly kind: "stream-max-bytes";
      readonly limit: number;
      /** Stored bytes that the stream has. */
      readonly size: number;
      /** Stored bytes that the request would add. */
      readonly added: number;
    }
  | { readonly kind: "storage-full" }
  | { readonly kind: "storage-failed" }
  | { readonly kind: "not-owner" };

/** A decision or outcome that is a rejection. */
export type Rejected = RejectedFor<Rejection>;

/** The decision or outcome for this reason. */
export const reject = rejectFor<Rejection>;
