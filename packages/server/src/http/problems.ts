import { type Result, reject } from "@perennial/protocol";
import type { Operation } from "../services/holder.ts";
import type { LimitReached } from "../services/limits.ts";

/** What can be wrong with a request before any rule of the protocol is asked. */
export type RequestProblem =
  | { readonly kind: "bad-header"; readonly header: string; readonly reason: string }
  | { readonly kind: "bad-parameter"; readonly parameter: string; readonly reason: string }
  | { readonly kind: "unknown-host"; readonly host: string }
  | { readonly kind: "origin-refused"; readonly origin: string | undefined }
  | { readonly kind: "unauthorized" }
  | { readonly kind: "token-expired" }
  | { readonly kind: "forbidden"; readonly operation: Operation }
  | { readonly kind: "token-rate"; readonly limit: number }
  | { readonly kind: "service-disabled" }
  | LimitReached
  | { readonly kind: "bad-path"; readonly reason: string }
  | { readonly kind: "written-by-service"; readonly prefix: string }
  | { readonly kind: "no-such-resource" }
  | { readonly kind: "no-control-api" }
  | { readonly kind: "method-not-allowed"; readonly allow: string }
  | { readonly kind: "target-too-long"; readonly limit: number }
  | { readonly kind: "path-too-long"; readonly limit: number }
  | { readonly kind: "headers-too-large"; readonly limit: number }
  | { readonly kind: "malformed-request" }
  | { readonly kind: "expectation-failed" }
  | { readonly kind: "content-coding" }
  | { readonly kind: "transfer-coding" }
  | { readonly kind: "request-timeout" }
  | { readonly kind: "body-too-large"; readonly limit: number }
  | { readonly kind: "body-incomplete" }
  | { readonly kind: "bodies-over-budget" }
  | { readonly kind: "too-many-readers"; readonly limit: number }
  | { readonly kind: "connections-in-use" }
  | { readonly kind: "connections-of-address"; readonly limit: number }
  | { readonly kind: "stopping" }
  | { readonly kind: "internal-error" }
  | { readonly kind: "damaged-data" };

/** What was read of a request, or why it is refused. */
export type Parsed<Value> = Result<Value, RequestProblem>;

/** A request is refused. */
export const refuse = reject<RequestProblem>;

/** Whether a body was refused for its size: its rest still arrives, and is dropped. */
export function isRefusal({ kind }: RequestProblem): boolean {
  return kind === "body-too-large" || kind === "bodies-over-budget";
}
