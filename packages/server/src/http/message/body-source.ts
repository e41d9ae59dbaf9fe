/** A slice of a stream as a response body, held in memory one piece at a time. */
import type { Stream } from "../../catalog/stream.ts";
import { READ_CHUNK_BYTES } from "../../journal/contract/index.ts";
import { readBytes } from "../../shard/bytes.ts";
import { jsonArray } from "../../shard/json-array.ts";
import type { Shard } from "../../shard/shard.ts";
import { wholeSlice } from "../../shard/slice.ts";
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
  readonly #shard: Shard;
  readonly #stream: Stream;
  readonly #to: number;
  #at: number;
  /** Read before the head of the reply is out: a stream that cannot be read gets an answer that says so. */
  #first: Uint8Array | undefined;
  #opened: boolean;

  constructor(shard: Shard, stream: Stream, from: number, to: number) {
    this.#shard = shard;
    this.#stream = stream;
    this.#at = from;
    this.#to = to;
    this.#opened = !stream.state.json;
    this.byteLength = to - from + (stream.state.json ? 1 : 0);
    this.#first = readBytes(shard, stream, from, to);
  }

  next(memory?: Uint8Array): Uint8Array | undefined {
    if (!this.#opened) {
      this.#opened = true;
      return Uint8Array.of(OPEN);
    }
    if (this.#at === this.#to) return undefined;
    const piece = this.#first ?? readBytes(this.#shard, this.#stream, this.#at, this.#to, memory);
    this.#first = undefined;
    this.#at += piece.length;
    // The comma after the last message becomes the bracket that closes the array.
    if (this.#at === this.#to && this.#stream.state.json) piece[piece.length - 1] = CLOSE;
    return piece;
  }
}
