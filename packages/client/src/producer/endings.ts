import { StreamClosedError } from "../errors/durable-stream-error.ts";
import { asBytes, asContent, joinContents } from "../handle/content.ts";
import type { Batch } from "./flight.ts";

/** Says how to go on, in the error that stopped the producer. A stream that is closed takes no more. */
export function stopped(error: unknown): unknown {
  const hint = "; restart() lets the producer go on";
  if (error instanceof Error && !(error instanceof StreamClosedError) && !error.message.includes("restart()"))
    error.message += hint;
  return error;
}

/** The closing request, with a final message if there is one. */
export function finalBatch(message: unknown, contentType: string): Batch {
  if (message === undefined) return { body: undefined, closes: true };
  const content = joinContents([asContent(message, contentType)], contentType);
  return { body: asBytes(content) as Uint8Array<ArrayBuffer>, closes: true };
}
