import type { DurableStreamErrorCode } from "./codes.ts";
import { closedError, DurableStreamError } from "./durable-stream-error.ts";
import { alsoFetchError, FetchError } from "./fetch-error.ts";

/**
 * The error to throw for a failed write. Failures that the protocol names get their own class and code and remain
 * `instanceof FetchError`; everything else is passed on as it came.
 *
 * @param conflict - the code of a 409 that is not a closed stream
 */
export function writeError(error: unknown, conflict: DurableStreamErrorCode = "CONFLICT_SEQ"): unknown {
  if (!(error instanceof FetchError) || error.status !== 409) return error;
  const closed = closedError(error);
  if (closed !== undefined) return alsoFetchError(closed, error);
  return codedError(error, conflict);
}

/** The same failure as a `DurableStreamError` with this code that is also `instanceof FetchError`. */
export function codedError(error: FetchError, code: DurableStreamErrorCode): DurableStreamError {
  return alsoFetchError(Object.assign(DurableStreamError.fromFetchError(error), { code }), error);
}
