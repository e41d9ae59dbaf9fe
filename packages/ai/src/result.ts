/** It failed as such things do, and this is why. In the shape of the whole house (CONTRIBUTING.md). */
export interface Rejected<Reason> {
  readonly kind: "rejected";
  readonly rejection: Reason;
}

/** The result that there is none, for this reason. */
export function reject<Reason>(rejection: Reason): Rejected<Reason> {
  return { kind: "rejected", rejection };
}
