/** The messages of a JSON stream as its readers get them. */
import type { Stream } from "../catalog/stream.ts";
import { wrapStored } from "../stored/messages.ts";
import { nameStateOffsets } from "../stored/state-offsets.ts";
import type { Shard } from "./shard.ts";
import { namesOffsets } from "./state-streams.ts";

/**
 * Stored messages as one JSON array, those of a state stream with their offsets if the server names them.
 *
 * @param from the position at which the stored messages begin
 */
export function jsonArray(shard: Shard, stream: Stream, stored: Uint8Array, from: number): Uint8Array {
  return wrapStored(namesOffsets(shard, stream) ? nameStateOffsets(stored, from) : stored);
}
