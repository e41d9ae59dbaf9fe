/**
 * The values of the archive that are not chunks, as tables (`../codec/fields.ts`).
 *
 *     store    what the archive knows about itself
 *     stream   the header, then the state without its tail, which the header has
 *     removed  heldTo u64
 *     path     id u64
 */
import { deadlineOf } from "../../../stream/expiry.ts";
import { KnownProducers } from "../../../stream/known-producers.ts";
import { ownText } from "../../../stream/own-text.ts";
import type { ClosingTuple, ForkOrigin, StreamState } from "../../../stream/state.ts";
import type { Arena } from "../codec/arena.ts";
import { allocateBlock, ByteReader, ByteWriter, blockOf, getU64, setU64 } from "../codec/bytes.ts";
import {
  always,
  either,
  type FieldType,
  f64,
  flag,
  optional,
  Struct,
  text,
  u32,
  u64,
} from "../codec/fields.ts";
import { FORK_ORIGIN } from "../codec/structs.ts";
import type { ArchiveStore } from "./archive-store.ts";
import {
  PAGED_PRODUCERS,
  type PagedProducers,
  ProducerPages,
  pagedProducers,
  ROW_PRODUCERS_FIELD,
} from "./producer-pages.ts";

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

const STORE_ROW = new Struct<StoreRow>(
  "the archive's own row",
  () => ({ logPosition: 0, term: 0, streams: 0, lastId: 0, storeId: "" }),
  {
    logPosition: always(u64),
    term: always(u32),
    streams: always(u64),
    lastId: always(u64),
    storeId: always(text),
  },
);

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
  /** Set when its producers have pages. */
  readonly producers: PagedProducers | undefined;
}

const ROW_HEADER = new Struct<RowHeader>(
  "a stream's row",
  () => ({ heldTo: 0, tail: 0, lastChunk: undefined, deadline: undefined, producers: undefined }),
  {
    heldTo: always(u64),
    tail: always(u64),
    lastChunk: optional(1, u64),
    deadline: optional(2, f64),
    producers: optional(4, PAGED_PRODUCERS),
  },
);

const CLOSING_TUPLE = new Struct<ClosingTuple>(
  "a closing producer",
  () => ({ producerId: "", epoch: 0, seq: 0 }),
  { producerId: always(text), epoch: always(u64), seq: always(u64) },
);

/** Text that many streams have in common. */
const sharedText: FieldType<string> = { ...text, read: (reader) => ownText(reader.string()) };

/** In the order of `initialState`, so that all states are of one shape to the engine. */
function blankState(): StreamState {
  return {
    id: 0,
    path: "",
    contentType: "",
    json: false,
    createdAt: 0,
    ttlSeconds: undefined,
    expiresAt: undefined,
    maxBytes: undefined,
    fork: undefined,
    tail: 0,
    closed: false,
    closedBy: undefined,
    lastStreamSeq: undefined,
    producers: undefined,
    renewedAt: 0,
    lastAppendAt: 0,
    references: 0,
    life: "live",
  };
}

/** Without what the header has. */
const STATE = new Struct<Omit<StreamState, "tail">>("a stream's state", blankState, {
  id: always(u64),
  path: always(text),
  contentType: always(sharedText),
  json: flag(1),
  createdAt: always(f64),
  ttlSeconds: optional(8, u64),
  expiresAt: optional(16, f64),
  fork: optional(32, FORK_ORIGIN),
  closed: flag(2),
  closedBy: optional(64, CLOSING_TUPLE),
  lastStreamSeq: optional(128, text),
  producers: optional(256, ROW_PRODUCERS_FIELD),
  renewedAt: always(f64),
  lastAppendAt: always(f64),
  references: always(u32),
  life: either<StreamState["life"]>(4, "live", "soft-deleted"),
  maxBytes: optional(512, u64),
});

export function encodeStoreRow(row: StoreRow): Uint8Array {
  const block = allocateBlock(STORE_ROW.room(row));
  const writer = new ByteWriter(block);
  STORE_ROW.write(writer, row);
  return block.bytes.subarray(0, writer.at);
}

/** @throws NewerFormat for a field that is not known here */
export function decodeStoreRow(bytes: Uint8Array): StoreRow {
  return STORE_ROW.read(new ByteReader(blockOf(bytes)));
}

/** A single number as a value. */
export function encodeNumber(arena: Arena, value: number): Uint8Array {
  setU64(arena.reserve(8).view, arena.at, value);
  return arena.take(8);
}

export function decodeNumber(bytes: Uint8Array): number {
  return getU64(blockOf(bytes).view, 0);
}

/** What the row of a stream says besides its state. */
export function headerOf(state: StreamState, heldTo: number, lastChunk: number | undefined): RowHeader {
  const deadline = deadlineOf(state, state.renewedAt);
  return { heldTo, tail: state.tail, lastChunk, deadline, producers: pagedProducers(state.producers) };
}

/** The row of a stream whose bytes, and pages of producers, are archived. */
export function encodeState(arena: Arena, header: RowHeader, state: StreamState): Uint8Array {
  const writer = new ByteWriter(arena.reserve(ROW_HEADER.room(header) + STATE.room(state)), arena.at);
  ROW_HEADER.write(writer, header);
  STATE.write(writer, state);
  return arena.take(writer.at - arena.at);
}

/** The header of a stream's row, without the cost of the rest. @throws NewerFormat */
export function decodeRowHeader(bytes: Uint8Array): RowHeader {
  return ROW_HEADER.read(new ByteReader(blockOf(bytes)));
}

/** Where the stream of a row was forked from, without the cost of what is stored behind that. @throws NewerFormat */
export function decodeFork(bytes: Uint8Array): ForkOrigin | undefined {
  const reader = new ByteReader(blockOf(bytes));
  ROW_HEADER.read(reader);
  return STATE.readFields(reader, reader.u16(), blankState(), "fork").fork;
}

/** The state in a stream's row, as a fresh object. @param store where it is from @throws NewerFormat */
export function decodeState(store: ArchiveStore, bytes: Uint8Array): StreamState {
  const reader = new ByteReader(blockOf(bytes));
  const { tail, producers } = ROW_HEADER.read(reader);
  const state = blankState();
  state.tail = tail;
  STATE.readFields(reader, reader.u16(), state);
  if (producers !== undefined)
    state.producers = new KnownProducers(new ProducerPages(store, state.id, producers));
  return state;
}
