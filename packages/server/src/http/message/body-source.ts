/** A slice of a stream as a response body, held in memory one piece at a time. */
import { READ_CHUNK_BYTES, type Soon } from "../../journal/contract/index.ts";
import { jsonArray } from "../../shard/json-array.ts";
import { type Answer, andThen, type Reading } from "../../shard/reading.ts";
import { NAMED_BYTES } from "../../shard/state-streams.ts";
import type { ByteReader, Slice, Streams } from "../../shard/streams.ts";
import type { ByteSource } from "./reply.ts";

const EMPTY_ARRAY = Buffer.from("[]");
const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * The body of a read of the slice up to `to`: the bytes, or in JSON mode one array of the messages. It is whole where it
 * is not the stored bytes, so the caller keeps the slice short there; only a single message may be longer than `NAMED_BYTES`.
 */
export function sliceBody(
  streams: Streams,
  slice: Slice,
  to: number,
): Answer<Uint8Array | ByteSource | undefined> {
  const { from, json, withOffsets } = slice;
  if (from === to) return json ? EMPTY_ARRAY : undefined;
  const isNamed = withOffsets && to - from <= NAMED_BYTES;
  if (!isNamed && to - from > READ_CHUNK_BYTES) return sliceSource(streams, slice, to);
  const bytes = streams.wholeBytes(slice, to);
  return json ? andThen(bytes, (stored) => jsonArray(stored, from, isNamed)) : bytes;
}

function* sliceSource(streams: Streams, slice: Slice, to: number): Reading<ByteSource> {
  const reader = streams.bytes(slice, to);
  return new SliceSource(reader, (yield* reader.step())!, to - slice.from, slice.json);
}

class SliceSource implements ByteSource {
  readonly kind = "source";
  readonly byteLength: number;
  readonly #reader: ByteReader;
  readonly #isJson: boolean;
  /** Bytes still to be read. */
  #left: number;
  /** Read before the head of the reply is out: a stream that cannot be read gets an answer that says so. */
  #first: Uint8Array | undefined;
  #opened: boolean;

  constructor(reader: ByteReader, first: Uint8Array, storedLength: number, isJson: boolean) {
    this.#reader = reader;
    this.#isJson = isJson;
    this.#left = storedLength;
    this.#opened = !isJson;
    this.byteLength = storedLength + (isJson ? 1 : 0);
    this.#first = first;
  }

  next(memory?: Uint8Array): Soon<Uint8Array | undefined> {
    if (!this.#opened) {
      this.#opened = true;
      return Uint8Array.of(OPEN);
    }
    const bytes = this.#first ?? this.#reader.next(memory);
    this.#first = undefined;
    return bytes instanceof Promise ? bytes.then((come) => this.#took(come)) : this.#took(bytes);
  }

  #took(bytes: Uint8Array | undefined): Uint8Array | undefined {
    if (bytes === undefined) return undefined;
    this.#left -= bytes.length;
    // The comma after the last message becomes the bracket that closes the array.
    if (this.#left === 0 && this.#isJson) bytes[bytes.length - 1] = CLOSE;
    return bytes;
  }
}
