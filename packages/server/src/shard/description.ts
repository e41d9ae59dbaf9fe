import type { Stream } from "../catalog/stream.ts";
import { deadlineOf } from "../stream/expiry.ts";
import type { StreamState } from "../stream/state.ts";

/** What a stream is at one moment, as its readers see it. Times in epoch milliseconds. */
export interface StreamDescription
  extends Readonly<
    Pick<
      StreamState,
      "path" | "contentType" | "createdAt" | "lastAppendAt" | "ttlSeconds" | "expiresAt" | "maxBytes" | "fork"
    >
  > {
  readonly tail: number;
  readonly closed: boolean;
  /** When it expires unless it is used before; undefined when it never does. */
  readonly deadline: number | undefined;
}

export function describe({ state, visibleTail, visibleClosed, lastUse }: Stream): StreamDescription {
  const { path, contentType, createdAt, lastAppendAt, ttlSeconds, expiresAt, maxBytes, fork } = state;
  return {
    ...{ path, contentType, createdAt, lastAppendAt, ttlSeconds, expiresAt, maxBytes, fork },
    tail: visibleTail,
    closed: visibleClosed,
    deadline: deadlineOf(state, lastUse),
  };
}
