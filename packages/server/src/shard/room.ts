import type { Permit } from "../journal/contract/index.ts";
import type { Shard } from "./shard.ts";

/**
 * Judges, and so appends, once the log takes another record of that size: the back-pressure of a disk that cannot keep
 * up. At once when there is room, as there nearly always is.
 *
 * @param judge appends before it returns, if it does
 */
export function withRoom<Outcome>(
  shard: Shard,
  byteLength: number,
  judge: () => Promise<Outcome>,
): Promise<Outcome> {
  const room = shard.log.admit(byteLength);
  return room === undefined ? judge() : onceThereIs(room, judge);
}

/** Judges, and so appends, with the permit that comes. */
export function onceThereIs<Outcome>(room: Promise<Permit>, judge: () => Promise<Outcome>): Promise<Outcome> {
  return room.then((permit) => {
    try {
      return judge();
    } finally {
      permit.release();
    }
  });
}
