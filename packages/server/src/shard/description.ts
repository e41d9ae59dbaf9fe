import type { Stream } from "../catalog/stream.ts";
import { deadlineOf } from "../stream/expiry.ts";
import type { StreamState } from "../stream/state.ts";
import type { ClockWatch } from "./clock-watch.ts";

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
  /** When it expires unless it is used before, a hold after a jump of the clock included; undefined when it never does. */
  readonly deadline: number | undefined;
}

export function describe(stream: Stream, clockWatch: Pick<ClockWatch, "heldMs">): StreamDescription {
  const { state, visibleTail, visibleClosed, lastUse } = stream;
  const { path, contentType, createdAt, lastAppendAt, ttlSeconds, expiresAt, maxBytes, fork } = state;
  const deadline = deadlineOf(state, lastUse);
  return {
    ...{ path, contentType, createdAt, lastAppendAt, ttlSeconds, expiresAt, maxBytes, fork },
    tail: visibleTail,
    closed: visibleClosed,
    deadline: deadline === undefined ? undefined : deadline + clockWatch.heldMs(lastUse),
  };
}
