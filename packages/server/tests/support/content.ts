import type { Stream } from "../../src/catalog/stream.ts";
import { wholeSlice } from "../../src/shard/bytes.ts";
import { readOut } from "../../src/shard/reading.ts";
import type { Shard } from "../../src/shard/shard.ts";

/** Bytes `[from, to)` of a stream, inherited ones included, of a log that has everything at hand; one character a byte. */
export function contentAtOnce(shard: Shard, stream: Stream, from: number, to: number): string {
  if (from === to) return "";
  const bytes = readOut(wholeSlice(shard, stream, from, to));
  if (bytes instanceof Promise) throw new Error(`reading ${stream.state.path} has to wait`);
  return Buffer.from(bytes).toString("latin1");
}
