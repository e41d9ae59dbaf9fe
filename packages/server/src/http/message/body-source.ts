/** A slice of a stream as a response body, held in memory one piece at a time. */
import type { Stream } from "../../catalog/stream.ts";
import { READ_CHUNK_BYTES } from "../../journal/contract/index.ts";
import { RangeReader, wholeSlice } from "../../shard/bytes.ts";
import { jsonArray } from "../../shard/json-array.ts";
import type { Shard } from "../../shard/shard.ts";
import { namesOffsets } from "../../shard/state-streams.ts";
import type { ByteSource } from "./reply.ts";

const EMPTY_ARRAY = Buffer.from("[]");
const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * The body of a read of `[from, to)`: the bytes, or in JSON mode one array of the messages. It is whole where it is not
 * the stored bytes, so the caller keeps the slice short there (`STATE_PAGE_BYTES`).
 */
export function sliceBody(
  shard: Shard,
  stream: Stream,
  from: number,
  to: number,
): Uint8Array | ByteSource | undefined {
  const { json } = stream.state;
  if (from === to) return json ? EMPTY_ARRAY : undefined;
  const isStored = !namesOffsets(shard, stream);
  if (isStored && to - from > READ_CHUNK_BYTES) return new SliceSource(shard, stream, from, to);
  const bytes = wholeSlice(shard, stream, from, to);
  return json ? jsonArray(shard, stream, bytes, from) : bytes;
}

class SliceSource implements ByteSource {
  readonly kind = "source";
  readonly byteLength: number;
  readonly #reader: RangeReader;
  readonly #isJson: boolean;
  /** Bytes still to be read. */
  #left: number;
  /** Read before the head of the reply is out: a stream that cannot be read gets an answer that says so. */
  #first: Uint8Array | undefined;
  #opened: boolean;

  constructor(shard: Shard, stream: Stream, from: number, to: number) {
    this.#reader = new RangeReader(shard, stream, from, to);
    this.#isJson = stream.state.json;
    this.#left = to - from;
    this.#opened = !this.#isJson;
    this.byteLength = to - from + (stream.state.json ? 1 : 0);
    this.#first = this.#reader.next();
  }

  next(memory?: Uint8Array): Uint8Array | undefined {
    if (!this.#opened) {
      this.#opened = true;
      return Uint8Array.of(OPEN);
    }
    const piece = this.#first ?? this.#reader.next(memory);
    this.#first = undefined;
    if (piece === undefined) return undefined;
    this.#left -= piece.length;
    // The comma after the last message becomes the bracket that closes the array.
    if (this.#left === 0 && this.#isJson) piece[piece.length - 1] = CLOSE;
    return piece;
  }
}
