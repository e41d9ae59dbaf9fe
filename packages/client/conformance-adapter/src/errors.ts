import { DurableStreamError, FetchError, SequenceGapError, StaleEpochError } from "@perennial/client";
import type { Result } from "./commands.ts";

/** An argument that the client refuses before it sends anything. */
export class InvalidArgument extends Error {}

/** The error result of a failed command. */
export function errorResult(commandType: string, error: unknown): Result {
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return {
    type: "error",
    success: false,
    commandType,
    ...(status === undefined ? {} : { status }),
    errorCode: codeOf(error, status, bodyOf(error)),
    message,
  };
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof FetchError || error instanceof DurableStreamError) return error.status;
  if (error instanceof StaleEpochError) return 403;
  return error instanceof SequenceGapError ? 409 : undefined;
}

/** What the server said. (The message holds the address too, and with it words such as "offset".) */
function bodyOf(error: unknown): string {
  return error instanceof FetchError ? (error.text ?? JSON.stringify(error.json) ?? "") : "";
}

function codeOf(error: unknown, status: number | undefined, body: string): string {
  if (error instanceof InvalidArgument) return "INVALID_ARGUMENT";
  if (error instanceof DurableStreamError && error.code === "PARSE_ERROR") return "PARSE_ERROR";
  if (error instanceof DurableStreamError && error.code === "STREAM_CLOSED") return "STREAM_CLOSED";
  if (status === 404) return "NOT_FOUND";
  if (status === 409) return /sequence/i.test(body) ? "SEQUENCE_CONFLICT" : "CONFLICT";
  if (status === 400) return /offset|invalid/i.test(body) ? "INVALID_OFFSET" : "UNEXPECTED_STATUS";
  if (status !== undefined) return "UNEXPECTED_STATUS";
  if (error instanceof Error && error.name === "TimeoutError") return "TIMEOUT";
  return error instanceof TypeError ? "NETWORK_ERROR" : "INTERNAL_ERROR";
}
