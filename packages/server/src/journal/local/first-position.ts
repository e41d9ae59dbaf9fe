/**
 * Where a new log begins: anywhere. What tells a frame from other bytes is that it names its own log position, and clients
 * choose the bytes of their bodies. Could they foresee where in the log these will lie, they could send what looks like
 * frames; behind a torn end, or in a file that is used again, recovery would take it for records, or for the proof of
 * damage, and refuse to start. So log positions are told to nobody outside.
 */
import type { ArchiveStore } from "./archive/archive-store.ts";
import { STORE_KEY } from "./archive/keys.ts";
import type { Disk } from "./disk.ts";
import { beginningOf } from "./recovery.ts";

/** As many as the source of randomness gives; there is room behind them for more than any disk holds. */
const POSITIONS = 2 ** 48 - 1;

/**
 * The log position of the first record, if the archive is new: where the log begins, should there be one whose archive is
 * lost.
 *
 * @param draw an integer in [0, limit) that nobody can foresee
 */
export async function firstPosition(
  disk: Disk,
  store: ArchiveStore,
  draw: (limit: number) => number,
): Promise<number> {
  if (store.get(STORE_KEY) !== undefined) return 0;
  return (await beginningOf(disk)) ?? draw(POSITIONS);
}
