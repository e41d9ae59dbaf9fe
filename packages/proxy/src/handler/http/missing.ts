/** Answers about streams that cannot be had. */
import type { Context } from "../context.ts";
import type { Missing } from "../records.ts";
import { errorResponse } from "./errors.ts";

/** The answer about a stream that cannot be had. */
export function missingResponse(missing: Missing): Response {
  switch (missing) {
    case "missing":
      return errorResponse("STREAM_NOT_FOUND", "There is no such stream");
    case "gone":
      return errorResponse("STREAM_GONE", "This stream is not there any more");
    case "unavailable":
      return errorResponse("STORAGE_ERROR", "The server that holds the streams does not answer as it should");
  }
}

/** The answer when the server below failed. */
export function storageResponse(context: Context, id: string, error: unknown, request: Request): Response {
  if (request.signal.aborted) return errorResponse("CLIENT_LEFT", "The client left");
  const reason = error instanceof Error ? error.message : String(error);
  context.settings.logger.warn({ streamId: id, reason }, "a request to the server below failed");
  return errorResponse("UPSTREAM_ERROR", "The server that holds the streams cannot be reached");
}
