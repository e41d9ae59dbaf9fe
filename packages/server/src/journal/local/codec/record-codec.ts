/**
 * The records of the log as tables: the fields that follow what `frame.ts` knows of every record. A field that is not
 * in its table does not compile; a new one is `optional`, with a bit of its own, or older directories could not be read.
 */
import type {
  AppendRecord,
  CreateRecord,
  DeleteRecord,
  ProducerTuple,
  RenewRecord,
  StoredBytes,
  StreamRecord,
} from "../../../stream/records.ts";
import { type Block, ByteReader, ByteWriter } from "./bytes.ts";
import { always, f64, flag, listOf, NewerFormat, optional, Struct, text, u64 } from "./fields.ts";
import {
  DATA_RECORD_FIELDS_AT,
  type DataAhead,
  dataLength,
  dataOffset,
  dataPosition,
  FIELDS_AT,
  FRAME_KIND,
  type FramePlace,
  frameBits,
  frameKind,
  recordId,
  recordMoment,
  sealFrame,
  sealFrameAhead,
  writeExtent,
  writeSubject,
} from "./frame.ts";
import { FORK_ORIGIN } from "./structs.ts";

/** What the beginning of a frame says of a record. */
type InFrame = "kind" | "id" | "at" | "position" | "data";

const PRODUCER = new Struct<ProducerTuple>("a producer", () => ({ id: "", epoch: 0, seq: 0 }), {
  id: always(text),
  epoch: always(u64),
  seq: always(u64),
});

const APPEND = new Struct<Omit<AppendRecord, InFrame>>(
  "an append record",
  () => ({ closes: false, producer: undefined, streamSeq: undefined }),
  { closes: flag(1), producer: optional(2, PRODUCER), streamSeq: optional(4, text) },
  ({ closes, producer, streamSeq }) => !closes && producer === undefined && streamSeq === undefined,
);

const CREATE = new Struct<Omit<CreateRecord, InFrame>>(
  "a create record",
  () => ({
    ...{ path: "", contentType: "", ttlSeconds: undefined, expiresAt: undefined },
    ...{ maxBytes: undefined, fork: undefined, closed: false },
  }),
  {
    path: always(text),
    contentType: always(text),
    ttlSeconds: optional(2, u64),
    expiresAt: optional(4, f64),
    fork: optional(8, FORK_ORIGIN),
    closed: flag(1),
    maxBytes: optional(16, u64),
  },
);

const DELETE = new Struct<Omit<DeleteRecord, InFrame>>(
  "a delete record",
  () => ({ removed: [], released: undefined }),
  { removed: always(listOf(u64)), released: optional(1, u64) },
);

const RENEW = new Struct<Omit<RenewRecord, InFrame>>("a renew record", () => ({}), {});

/** The position of the stream's first own byte after a create record, or where an append begins. */
export function dataPositionOf(record: CreateRecord | AppendRecord): number {
  return record.kind === "append" ? record.position : (record.fork?.offset ?? 0);
}

/** The most bytes that the record's frame can take. */
export function frameRoom(record: StreamRecord): number {
  switch (record.kind) {
    case "append":
      return DATA_RECORD_FIELDS_AT + APPEND.fieldsRoom(record) + record.data.byteLength;
    case "create":
      return DATA_RECORD_FIELDS_AT + CREATE.fieldsRoom(record) + record.data.byteLength;
    case "delete":
      return FIELDS_AT + DELETE.fieldsRoom(record);
    case "renew":
      return FIELDS_AT + RENEW.fieldsRoom(record);
  }
}

/** The most bytes that the record's frame can take without its data. */
export function headRoom(record: CreateRecord | AppendRecord): number {
  return frameRoom(record) - record.data.byteLength;
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
   * @param ahead if the data is in its place already, behind `headRoom` bytes at least
   * @returns the length of the frame
   */
  encode(
    block: Block,
    at: number,
    record: StreamRecord,
    previous: number,
    place: FramePlace,
    ahead?: DataAhead,
  ): number {
    const writer = this.#writer;
    writeSubject(block, at, record.id, record.at);
    let bits: number;
    if (record.kind === "append" || record.kind === "create") {
      writeExtent(block, at, dataPositionOf(record), previous, record.data.byteLength);
      writer.moveTo(block, at + DATA_RECORD_FIELDS_AT);
      bits =
        record.kind === "append" ? APPEND.writeFields(writer, record) : CREATE.writeFields(writer, record);
      if (ahead === undefined) for (const part of record.data.parts) writer.raw(part);
      else writer.skip(at + ahead.dataAt, record.data.byteLength);
    } else {
      writer.moveTo(block, at + FIELDS_AT);
      bits =
        record.kind === "delete" ? DELETE.writeFields(writer, record) : RENEW.writeFields(writer, record);
    }
    const length = writer.at - at;
    if (ahead === undefined) sealFrame(block, at, length, FRAME_KIND[record.kind], bits, place);
    else sealFrameAhead(block, at, length, FRAME_KIND[record.kind], bits, place, ahead);
    return length;
  }
}

/**
 * Reads an intact frame. The data of the record is not copied.
 *
 * @throws NewerFormat when the frame holds a kind of record, or a field, that this version does not know
 */
export function decodeRecord(block: Block, at: number): StreamRecord {
  switch (frameKind(block, at)) {
    case FRAME_KIND.create:
      return CREATE.readFields(
        fieldsOf(block, at, DATA_RECORD_FIELDS_AT),
        frameBits(block, at),
        created(block, at),
      );
    case FRAME_KIND.append:
      return APPEND.readFields(
        fieldsOf(block, at, DATA_RECORD_FIELDS_AT),
        frameBits(block, at),
        appended(block, at),
      );
    case FRAME_KIND.delete:
      return DELETE.readFields(fieldsOf(block, at, FIELDS_AT), frameBits(block, at), deleted(block, at));
    case FRAME_KIND.renew:
      return RENEW.readFields(fieldsOf(block, at, FIELDS_AT), frameBits(block, at), renewed(block, at));
    default:
      throw new NewerFormat("the log holds a record of a kind that this version does not know");
  }
}

function fieldsOf(block: Block, at: number, from: number): ByteReader {
  return new ByteReader(block, at + from);
}

function created(block: Block, at: number): CreateRecord {
  return {
    kind: "create",
    id: recordId(block, at),
    at: recordMoment(block, at),
    path: "",
    contentType: "",
    ttlSeconds: undefined,
    expiresAt: undefined,
    maxBytes: undefined,
    fork: undefined,
    closed: false,
    data: dataOf(block, at),
  };
}

function appended(block: Block, at: number): AppendRecord {
  return {
    kind: "append",
    id: recordId(block, at),
    at: recordMoment(block, at),
    position: dataPosition(block, at),
    data: dataOf(block, at),
    closes: false,
    producer: undefined,
    streamSeq: undefined,
  };
}

function deleted(block: Block, at: number): DeleteRecord {
  const [id, moment] = [recordId(block, at), recordMoment(block, at)];
  return { kind: "delete", id, at: moment, removed: [], released: undefined };
}

function renewed(block: Block, at: number): RenewRecord {
  return { kind: "renew", id: recordId(block, at), at: recordMoment(block, at) };
}

function dataOf(block: Block, at: number): StoredBytes {
  const byteLength = dataLength(block, at);
  if (byteLength === 0) return { parts: [], byteLength };
  const start = dataOffset(block, at);
  return { parts: [block.bytes.subarray(start, start + byteLength)], byteLength };
}
