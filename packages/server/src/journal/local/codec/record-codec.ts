/**
 * The bodies of frames. Offsets count from the frame's beginning; `string` and the number formats are those of
 * `bytes.ts`.
 *
 *     create, append ("data records")
 *     28  8  stream id          44  8  position in the stream of the first data byte
 *     36  8  at                 52  4  distance back to the stream's previous data record, 0 when it has none
 *                               56  4  count of data bytes
 *     60     create: path, content type, [ttlSeconds u64], [expiresAt f64],
 *                    [sourceId u64, sourcePath, anchor u64, subOffset u64]; append: [producer id, epoch u64,
 *                    seq u64], [Stream-Seq]. What stands in brackets is there when its flag is set.
 *     then   the data bytes, up to the end of the frame
 *
 *     delete                    renew
 *     28  8  stream id          28  8  stream id
 *     36  8  at                 36  8  at
 *     44     [released u64], count u32, removed ids u64 each
 *
 * The links between a stream's data records serve the reads of what is not yet archived (`tails.ts`).
 */
import type {
  AppendRecord,
  CreateRecord,
  DeleteRecord,
  StoredBytes,
  StreamRecord,
} from "../../../stream/records.ts";
import type { ForkOrigin } from "../../../stream/state.ts";
import { type Block, ByteReader, ByteWriter, getU64, stringRoom } from "./bytes.ts";
import { FRAME_KIND, type FramePlace, sealFrame } from "./frame.ts";

const BODY_AT = 28;
const POSITION_AT = 44;
const PREVIOUS_AT = 52;
const DATA_LENGTH_AT = 56;
const DATA_RECORD_FIELDS_AT = 60;
const DELETE_FIELDS_AT = 44;

const CLOSES = 1;
const HAS_PRODUCER = 2;
const HAS_STREAM_SEQ = 4;
const HAS_TTL = 8;
const HAS_EXPIRY = 16;
const HAS_FORK = 32;
const INHERITS_LIFETIME = 64;
const HAS_RELEASED = 128;

/** The position of the stream's first own byte after a create record, or where an append begins. */
export function dataPositionOf(record: CreateRecord | AppendRecord): number {
  return record.kind === "append" ? record.position : (record.fork?.offset ?? 0);
}

/** The most bytes that the record's frame can take. */
export function frameRoom(record: StreamRecord): number {
  switch (record.kind) {
    case "append": {
      const producer = record.producer === undefined ? 0 : stringRoom(record.producer.id) + 16;
      const streamSeq = record.streamSeq === undefined ? 0 : stringRoom(record.streamSeq);
      return DATA_RECORD_FIELDS_AT + producer + streamSeq + record.data.byteLength;
    }
    case "create": {
      const fork = record.fork === undefined ? 0 : stringRoom(record.fork.sourcePath) + 24;
      const strings = stringRoom(record.path) + stringRoom(record.contentType);
      return DATA_RECORD_FIELDS_AT + strings + 16 + fork + record.data.byteLength;
    }
    case "delete":
      return DELETE_FIELDS_AT + 12 + 8 * record.removed.length;
    case "renew":
      return DELETE_FIELDS_AT;
  }
}

/** Writes frames. One instance serves a whole log: nothing is allocated per record. */
export class RecordEncoder {
  readonly #writer: ByteWriter;

  constructor(block: Block) {
    this.#writer = new ByteWriter(block);
  }

  /**
   * Writes the record's frame at offset `at` of the block, where `frameRoom` bytes must be free.
   *
   * @param previous distance to the previous data record of the stream, 0 when there is none
   * @returns the length of the frame
   */
  encode(block: Block, at: number, record: StreamRecord, previous: number, place: FramePlace): number {
    const writer = this.#writer;
    writer.moveTo(block, at + BODY_AT);
    writer.u64(record.id);
    writer.u64(record.at);
    let flags = 0;
    if (record.kind === "append") flags = this.#append(record, previous);
    else if (record.kind === "create") flags = this.#create(record, previous);
    else if (record.kind === "delete") flags = this.#delete(record);
    const length = writer.at - at;
    sealFrame(block, at, length, FRAME_KIND[record.kind], flags, place);
    return length;
  }

  #append(record: AppendRecord, previous: number): number {
    const { producer, streamSeq } = record;
    let flags = record.closes ? CLOSES : 0;
    this.#dataFields(record.position, previous, record.data);
    if (producer !== undefined) {
      flags |= HAS_PRODUCER;
      this.#writer.string(producer.id);
      this.#writer.u64(producer.epoch);
      this.#writer.u64(producer.seq);
    }
    if (streamSeq !== undefined) {
      flags |= HAS_STREAM_SEQ;
      this.#writer.string(streamSeq);
    }
    this.#data(record.data);
    return flags;
  }

  #create(record: CreateRecord, previous: number): number {
    let flags = record.closed ? CLOSES : 0;
    this.#dataFields(dataPositionOf(record), previous, record.data);
    this.#writer.string(record.path);
    this.#writer.string(record.contentType);
    if (record.ttlSeconds !== undefined) {
      flags |= HAS_TTL;
      this.#writer.u64(record.ttlSeconds);
    }
    if (record.expiresAt !== undefined) {
      flags |= HAS_EXPIRY;
      this.#writer.f64(record.expiresAt);
    }
    if (record.fork !== undefined) flags |= this.#fork(record.fork);
    this.#data(record.data);
    return flags;
  }

  #fork(fork: ForkOrigin): number {
    this.#writer.u64(fork.sourceId);
    this.#writer.string(fork.sourcePath);
    this.#writer.u64(fork.anchor);
    this.#writer.u64(fork.subOffset);
    return HAS_FORK | (fork.inheritsLifetime ? INHERITS_LIFETIME : 0);
  }

  #delete(record: DeleteRecord): number {
    if (record.released !== undefined) this.#writer.u64(record.released);
    this.#writer.u32(record.removed.length);
    for (const id of record.removed) this.#writer.u64(id);
    return record.released === undefined ? 0 : HAS_RELEASED;
  }

  #dataFields(position: number, previous: number, data: StoredBytes): void {
    this.#writer.u64(position);
    this.#writer.u32(previous);
    this.#writer.u32(data.byteLength);
  }

  #data(data: StoredBytes): void {
    for (const part of data.parts) this.#writer.raw(part);
  }
}

/** The kind byte of the frame at `at`. */
export function frameKind(block: Block, at: number): number {
  return block.view.getUint8(at + 24);
}

/** Of the data record whose frame is at `at`: the position in the stream of its first byte. */
export function dataPosition(block: Block, at: number): number {
  return getU64(block.view, at + POSITION_AT);
}

/** Of the data record whose frame is at `at`: its count of data bytes. */
export function dataLength(block: Block, at: number): number {
  return block.view.getUint32(at + DATA_LENGTH_AT, true);
}

/** Of the data record whose frame is at `at`: the distance back to the stream's previous one, or 0. */
export function previousDistance(block: Block, at: number): number {
  return block.view.getUint32(at + PREVIOUS_AT, true);
}

/** Of the data record whose frame is at `at`: the offset in the block at which its data begins. */
export function dataOffset(block: Block, at: number): number {
  return at + block.view.getUint32(at + 4, true) - dataLength(block, at);
}

/**
 * Reads an intact frame. The data of the record is not copied. Throws when the frame holds no record of a kind
 * known here, which an intact frame of this format version never does.
 */
export function decodeRecord(block: Block, at: number): StreamRecord {
  const flags = block.view.getUint8(at + 25);
  const reader = new ByteReader(block, at + BODY_AT);
  const id = reader.u64();
  const moment = reader.u64();
  switch (frameKind(block, at)) {
    case FRAME_KIND.create:
      return decodeCreate(block, at, id, moment, flags);
    case FRAME_KIND.append:
      return decodeAppend(block, at, id, moment, flags);
    case FRAME_KIND.delete: {
      const released = flags & HAS_RELEASED ? reader.u64() : undefined;
      const removed = Array.from({ length: reader.u32() }, () => reader.u64());
      return { kind: "delete", id, at: moment, removed, released };
    }
    case FRAME_KIND.renew:
      return { kind: "renew", id, at: moment };
    default:
      throw new Error(`a frame of unknown kind ${frameKind(block, at)}`);
  }
}

function decodeAppend(block: Block, at: number, id: number, moment: number, flags: number): AppendRecord {
  const reader = new ByteReader(block, at + DATA_RECORD_FIELDS_AT);
  const producer =
    flags & HAS_PRODUCER ? { id: reader.string(), epoch: reader.u64(), seq: reader.u64() } : undefined;
  const streamSeq = flags & HAS_STREAM_SEQ ? reader.string() : undefined;
  const position = dataPosition(block, at);
  const closes = (flags & CLOSES) !== 0;
  return {
    kind: "append",
    id,
    at: moment,
    position,
    data: decodeData(block, at),
    closes,
    producer,
    streamSeq,
  };
}

function decodeCreate(block: Block, at: number, id: number, moment: number, flags: number): CreateRecord {
  const reader = new ByteReader(block, at + DATA_RECORD_FIELDS_AT);
  return {
    kind: "create",
    id,
    at: moment,
    path: reader.string(),
    contentType: reader.string(),
    ttlSeconds: flags & HAS_TTL ? reader.u64() : undefined,
    expiresAt: flags & HAS_EXPIRY ? reader.f64() : undefined,
    fork: flags & HAS_FORK ? decodeFork(reader, dataPosition(block, at), flags) : undefined,
    closed: (flags & CLOSES) !== 0,
    data: decodeData(block, at),
  };
}

function decodeFork(reader: ByteReader, offset: number, flags: number): ForkOrigin {
  return {
    sourceId: reader.u64(),
    sourcePath: reader.string(),
    anchor: reader.u64(),
    subOffset: reader.u64(),
    offset,
    inheritsLifetime: (flags & INHERITS_LIFETIME) !== 0,
  };
}

function decodeData(block: Block, at: number): StoredBytes {
  const byteLength = dataLength(block, at);
  if (byteLength === 0) return { parts: [], byteLength };
  const start = dataOffset(block, at);
  return { parts: [block.bytes.subarray(start, start + byteLength)], byteLength };
}
