import { DurableStreamError } from "./durable-stream-error.ts";

const EXCERPT_LENGTH = 100;

/** The error of data that does not parse. Message and details hold the data's beginning. */
export function parseError(what: string, data: string): DurableStreamError {
  const excerpt = data.slice(0, EXCERPT_LENGTH);
  return new DurableStreamError(`Failed to parse ${what}: ${excerpt}`, "PARSE_ERROR", undefined, excerpt);
}
