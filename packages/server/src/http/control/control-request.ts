import type { Query } from "../message/query.ts";
import type { HttpRequest } from "../message/request.ts";

/** A request about a subscription. */
export interface ControlRequest {
  readonly request: HttpRequest;
  /** All paths that it is about begin with this. */
  readonly scope: string;
  /** Undefined: about all of them. */
  readonly id: string | undefined;
  /** What follows the id, between slashes, as sent. */
  readonly rest: readonly string[];
  readonly query: Query;
}

/** @returns undefined where the encoding is broken */
export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
