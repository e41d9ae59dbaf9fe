/**
 * The one shape of what may fail for a reason that its caller must handle: a union whose members say by `kind` what they
 * are, the failure being `rejected`. Where there are more ends than two, or an object has a `kind` of its own anyway, it stands in
 * the union as it is (`Snapshot | Rejected<Reason>`). CONTRIBUTING.md has the whole rule, and `tools/tidy` holds it.
 */
export type Result<Value, Reason> = Ok<Value> | Rejected<Reason>;

/** It went well, and this is what there is. */
export interface Ok<Value> {
  readonly kind: "ok";
  readonly value: Value;
}

/** It failed as such things do, and this is why. */
export interface Rejected<Reason> {
  readonly kind: "rejected";
  readonly rejection: Reason;
}

/** The result that is this value. */
export function ok<Value>(value: Value): Ok<Value> {
  return { kind: "ok", value };
}

/** The result that there is none, for this reason. */
export function reject<Reason>(rejection: Reason): Rejected<Reason> {
  return { kind: "rejected", rejection };
}
