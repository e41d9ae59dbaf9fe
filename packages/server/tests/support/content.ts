import type { Stream } from "../../src/catalog/stream.ts";
import { pieces } from "../../src/shard/bytes.ts";
import { readOut } from "../../src/shard/reading.ts";
import type { Shard } from "../../src/shard/shard.ts";

/** Bytes `[from, to)` of a stream, inherited ones included, of a log that has everything at hand; one character a byte. */
export function contentAtOnce(shard: Shard, stream: Stream, from: number, to: number): string {
  if (from === to) return "";
  const parts: Uint8Array[] = [];
  const all = pieces(shard, stream, from, to, (bytes) => {
    parts.push(bytes);
    return true;
  });
  if (readOut(all) instanceof Promise) throw new Error(`reading ${stream.state.path} has to wait`);
  return Buffer.concat(parts).toString("latin1");
}
