/**
 * The values of the archive that are not chunks. Numbers and strings as in `../codec/bytes.ts`.
 *
 *     store    logPosition u64, term u32, streams u64, lastId u64, storeId
 *     stream   heldTo u64, tail u64, lastChunk u64 (position + 1, 0 for none), deadline f64 (NaN for none),
 *              then the rest of the state, field by field as `encodeState` writes it
 *     removed  heldTo u64
 *     path     id u64
 */
import { deadlineOf } from "../../../stream/expiry.ts";
import { ownText } from "../../../stream/own-text.ts";
import type { ForkOrigin, ProducerState, StreamState } from "../../../stream/state.ts";
import type { Arena } from "../codec/arena.ts";
import {
  allocateBlock,
  ByteReader,
  ByteWriter,
  blockOf,
  getU64,
  setU64,
  stringRoom,
} from "../codec/bytes.ts";

/** What the archive knows about itself. */
export interface StoreRow {
  /** Records before this log position are archived. */
  readonly logPosition: number;
  /** The term of the log at that position. */
  readonly term: number;
  /** Count of stream rows. */
  readonly streams: number;
  /** Ids up to and including this one have been used. */
  readonly lastId: number;
  readonly storeId: string;
}

/** What a stream's row says besides the state. */
export interface RowHeader {
  /** The state holds all records of the stream before this log position. */
  readonly heldTo: number;
  /** Position after the last archived byte. */
  readonly tail: number;
  /** Where the last chunk begins, if there are chunks. */
  readonly lastChunk: number | undefined;
  /** The recorded end of life, epoch milliseconds, under which the stream is found among the deadlines. */
  readonly deadline: number | undefined;
}

const HEADER_BYTES = 32;

const JSON_MODE = 1;
const CLOSED = 2;
const SOFT_DELETED = 4;
const HAS_TTL = 8;
const HAS_EXPIRY = 16;
const HAS_FORK = 32;
const HAS_CLOSED_BY = 64;
const HAS_STREAM_SEQ = 128;

export function encodeStoreRow(row: StoreRow): Uint8Array {
  const block = allocateBlock(28 + stringRoom(row.storeId));
  const writer = new ByteWriter(block);
  writer.u64(row.logPosition);
  writer.u32(row.term);
  writer.u64(row.streams);
  writer.u64(row.lastId);
  writer.string(row.storeId);
  return block.bytes.subarray(0, writer.at);
}

export function decodeStoreRow(bytes: Uint8Array): StoreRow {
  const reader = new ByteReader(blockOf(bytes));
  return {
    logPosition: reader.u64(),
    term: reader.u32(),
    streams: reader.u64(),
    lastId: reader.u64(),
    storeId: reader.string(),
  };
}

/** A single number as a value. */
export function encodeNumber(arena: Arena, value: number): Uint8Array {
  setU64(arena.reserve(8).view, arena.at, value);
  return arena.take(8);
}

export function decodeNumber(bytes: Uint8Array): number {
  return getU64(blockOf(bytes).view, 0);
}

/** The row of a stream whose bytes up to `state.tail` are archived. */
export function encodeState(
  arena: Arena,
  state: StreamState,
  heldTo: number,
  lastChunk: number | undefined,
): Uint8Array {
  const writer = new ByteWriter(arena.reserve(roomOf(state)), arena.at);
  writer.u64(heldTo);
  writer.u64(state.tail);
  writer.u64(lastChunk === undefined ? 0 : lastChunk + 1);
  writer.f64(deadlineOf(state, state.renewedAt) ?? Number.NaN);
  writer.u64(state.id);
  writer.u8(flagsOf(state));
  writer.u8(state.fork?.inheritsLifetime === true ? 1 : 0);
  writer.string(state.path);
  writer.string(state.contentType);
  writer.f64(state.createdAt);
  if (state.ttlSeconds !== undefined) writer.u64(state.ttlSeconds);
  if (state.expiresAt !== undefined) writer.f64(state.expiresAt);
  if (state.fork !== undefined) writeFork(writer, state.fork);
  if (state.closedBy !== undefined)
    writeTuple(writer, state.closedBy.producerId, state.closedBy.epoch, state.closedBy.seq);
  if (state.lastStreamSeq !== undefined) writer.string(state.lastStreamSeq);
  writer.u32(state.producers?.size ?? 0);
  for (const [id, producer] of state.producers ?? []) {
    writeTuple(writer, id, producer.epoch, producer.lastSeq);
    writer.f64(producer.lastAt);
  }
  writer.f64(state.renewedAt);
  writer.f64(state.lastAppendAt);
  writer.u32(state.references);
  return arena.take(writer.at - arena.at);
}

function roomOf(state: StreamState): number {
  let room = HEADER_BYTES + 70 + stringRoom(state.path) + stringRoom(state.contentType);
  if (state.fork !== undefined) room += 32 + stringRoom(state.fork.sourcePath);
  if (state.closedBy !== undefined) room += 16 + stringRoom(state.closedBy.producerId);
  if (state.lastStreamSeq !== undefined) room += stringRoom(state.lastStreamSeq);
  for (const id of state.producers?.keys() ?? []) room += 24 + stringRoom(id);
  return room;
}

function flagsOf(state: StreamState): number {
  return (
    (state.json ? JSON_MODE : 0) |
    (state.closed ? CLOSED : 0) |
    (state.life === "soft-deleted" ? SOFT_DELETED : 0) |
    (state.ttlSeconds !== undefined ? HAS_TTL : 0) |
    (state.expiresAt !== undefined ? HAS_EXPIRY : 0) |
    (state.fork !== undefined ? HAS_FORK : 0) |
    (state.closedBy !== undefined ? HAS_CLOSED_BY : 0) |
    (state.lastStreamSeq !== undefined ? HAS_STREAM_SEQ : 0)
  );
}

function writeFork(writer: ByteWriter, fork: ForkOrigin): void {
  writer.u64(fork.sourceId);
  writer.string(fork.sourcePath);
  writer.u64(fork.anchor);
  writer.u64(fork.subOffset);
  writer.u64(fork.offset);
}

function writeTuple(writer: ByteWriter, id: string, epoch: number, seq: number): void {
  writer.string(id);
  writer.u64(epoch);
  writer.u64(seq);
}

/** The header of a stream's row, without the cost of the rest. */
export function decodeRowHeader(bytes: Uint8Array): RowHeader {
  const { view } = blockOf(bytes);
  const lastChunk = getU64(view, 16);
  const deadline = view.getFloat64(24, true);
  return {
    heldTo: getU64(view, 0),
    tail: getU64(view, 8),
    lastChunk: lastChunk === 0 ? undefined : lastChunk - 1,
    deadline: Number.isNaN(deadline) ? undefined : deadline,
  };
}

/** The state in a stream's row, as a fresh object. */
export function decodeState(bytes: Uint8Array): StreamState {
  const block = blockOf(bytes);
  const reader = new ByteReader(block, HEADER_BYTES);
  const id = reader.u64();
  const flags = reader.u8();
  const inheritsLifetime = reader.u8() === 1;
  // Fields in the order of `initialState`, so that all states are of one shape to the engine.
  return {
    id,
    path: reader.string(),
    contentType: ownText(reader.string()),
    json: (flags & JSON_MODE) !== 0,
    createdAt: reader.f64(),
    ttlSeconds: flags & HAS_TTL ? reader.u64() : undefined,
    expiresAt: flags & HAS_EXPIRY ? reader.f64() : undefined,
    fork: flags & HAS_FORK ? readFork(reader, inheritsLifetime) : undefined,
    tail: getU64(block.view, 8),
    closed: (flags & CLOSED) !== 0,
    closedBy:
      flags & HAS_CLOSED_BY
        ? { producerId: reader.string(), epoch: reader.u64(), seq: reader.u64() }
        : undefined,
    lastStreamSeq: flags & HAS_STREAM_SEQ ? reader.string() : undefined,
    producers: readProducers(reader),
    renewedAt: reader.f64(),
    lastAppendAt: reader.f64(),
    references: reader.u32(),
    life: flags & SOFT_DELETED ? "soft-deleted" : "live",
  };
}

function readFork(reader: ByteReader, inheritsLifetime: boolean): ForkOrigin {
  return {
    sourceId: reader.u64(),
    sourcePath: reader.string(),
    anchor: reader.u64(),
    subOffset: reader.u64(),
    offset: reader.u64(),
    inheritsLifetime,
  };
}

function readProducers(reader: ByteReader): Map<string, ProducerState> | undefined {
  const count = reader.u32();
  if (count === 0) return undefined;
  const producers = new Map<string, ProducerState>();
  for (let index = 0; index < count; index++) {
    producers.set(reader.string(), { epoch: reader.u64(), lastSeq: reader.u64(), lastAt: reader.f64() });
  }
  return producers;
}
