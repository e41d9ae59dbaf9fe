/** The messages of a JSON stream as its readers get them. */
import { wrapStored } from "../stored/messages.ts";
import { nameStateOffsets } from "../stored/state-offsets.ts";

/**
 * Stored messages as one JSON array.
 *
 * @param from the position at which the stored messages begin
 * @param withOffsets whether they are state messages that are shown with their offsets
 */
export function jsonArray(stored: Uint8Array, from: number, withOffsets: boolean): Uint8Array {
  return wrapStored(withOffsets ? nameStateOffsets(stored, from) : stored);
}
