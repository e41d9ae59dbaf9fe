import type { Shard } from "./shard.ts";

/**
 * Waits until the log takes another record of that size: the back-pressure of a disk that cannot keep up. Undefined
 * when there is room at once, as there nearly always is.
 */
export function roomFor(shard: Shard, byteLength: number): Promise<void> | undefined {
  return shard.log.admit(byteLength)?.then(() => roomFor(shard, byteLength));
}
