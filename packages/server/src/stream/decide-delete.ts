/** What deleting or expiring a stream means for it and for the streams it was forked from (protocol §15.3). */
import type { DeleteRecord } from "./records.ts";
import type { StreamState } from "./state.ts";

/**
 * Decides the end of a live stream. A stream that forks still reference is kept for their sake; one without
 * forks goes, and takes along every soft-deleted source up the chain that loses its last fork by it.
 *
 * @param sourceOf the state of a stream by id, for walking up the chain of sources
 * @param now epoch milliseconds
 */
export function decideDelete(
  state: StreamState,
  sourceOf: (id: number) => StreamState,
  now: number,
): DeleteRecord {
  const removed: number[] = [];
  let released: number | undefined;
  if (state.references === 0) {
    removed.push(state.id);
    let fork = state.fork;
    while (fork !== undefined) {
      const source = sourceOf(fork.sourceId);
      if (source.life !== "soft-deleted" || source.references > 1) {
        released = source.id;
        break;
      }
      removed.push(source.id);
      fork = source.fork;
    }
  }
  return { kind: "delete", id: state.id, at: now, removed, released };
}
