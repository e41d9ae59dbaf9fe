import { parseOffset } from "@perennial/protocol";
import type { Cursor } from "../server/subscriptions.ts";

/** Stored bytes between a cursor and the end of its stream; all of them before anything was read. */
export function lagOf({ acked_offset, tail_offset }: Pick<Cursor, "acked_offset" | "tail_offset">): number {
  return Math.max(0, (parseOffset(tail_offset) ?? 0) - (parseOffset(acked_offset) ?? 0));
}
