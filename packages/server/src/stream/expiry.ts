/** When a stream's life ends by itself (protocol §15.4). */
import { deadline } from "@perennial/protocol";
import type { StreamState } from "./state.ts";

/**
 * The moment at which the stream expires, epoch milliseconds; undefined when it never does.
 *
 * @param lastUse the last use that renews a TTL, which may be later than the recorded one
 */
export function deadlineOf(state: StreamState, lastUse: number): number | undefined {
  if (state.ttlSeconds === undefined) return state.expiresAt;
  const lifetime = { ttlSeconds: state.ttlSeconds, expiresAtMs: state.expiresAt };
  return deadline(lifetime, Math.max(state.renewedAt, lastUse));
}

/**
 * Whether a use at `now` is far enough from the last recorded one to be worth a record: a restart then forgets
 * at most an eighth of the TTL, at the price of at most eight records per TTL.
 */
export function needsRenewRecord(state: StreamState, now: number): boolean {
  if (state.ttlSeconds === undefined) return false;
  return now - state.renewedAt >= state.ttlSeconds * 125;
}
