/** Bodies that end well only if the response did. */
import type { Outcome } from "./words.ts";

/** A response that is not whole: its upstream failed or was silent, it was too long, or the proxy that fetched it died. */
export class ResponseIncompleteError extends Error {
  /** What happened. */
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(`The response is not whole: ${outcome}`);
    this.name = "ResponseIncompleteError";
    this.outcome = outcome;
  }
}

/** What a body is made of. */
export interface WholeBodyOptions {
  readonly body: ReadableStream<Uint8Array>;
  /** Aborted when its reader leaves: the body ends then, and that says nothing of the response. */
  readonly signal: AbortSignal | null | undefined;
  /** How the response ended, asked at the body's end. */
  outcome(): Promise<Outcome>;
  /** Called with each piece that a reader has taken. */
  onPiece?(): void;
  /** Called once, when it is over or its reader has left. */
  onOver?(): void;
}

/**
 * The same bytes, read as they are taken. The end is an error (`ResponseIncompleteError`) unless the response is complete, or
 * somebody stopped it on purpose.
 */
export function wholeBody({
  body,
  signal,
  outcome,
  onPiece,
  onOver,
}: WholeBodyOptions): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            controller.enqueue(value);
            onPiece?.();
            return;
          }
          signal?.throwIfAborted();
          const end = await outcome();
          onOver?.();
          if (end === "complete" || end === "aborted") controller.close();
          else controller.error(new ResponseIncompleteError(end));
        } catch (error) {
          onOver?.();
          controller.error(error);
        }
      },
      cancel(reason) {
        onOver?.();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
