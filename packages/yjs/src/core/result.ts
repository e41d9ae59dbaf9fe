/** What may fail for a reason that its caller must handle, in the shape of the whole house (CONTRIBUTING.md). */
export type Result<Value, Reason> = { readonly kind: "ok"; readonly value: Value } | Rejected<Reason>;

/** It failed as such things do, and this is why. */
export interface Rejected<Reason> {
  readonly kind: "rejected";
  readonly rejection: Reason;
}

/** The result that there is none, for this reason. */
export function reject<Reason>(rejection: Reason): Rejected<Reason> {
  return { kind: "rejected", rejection };
}
