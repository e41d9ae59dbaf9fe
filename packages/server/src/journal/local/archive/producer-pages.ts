/**
 * Producers as the archive has them: few in their stream's row, many in pages of their own (`stream/known-producers.ts`), so
 * that neither a read nor a fork has to do with them, and an append only with one page.
 */
import { KnownProducers, type ProducerState, type StoredProducers } from "../../../stream/known-producers.ts";
import { DamagedData } from "../../contract/index.ts";
import type { Arena } from "../codec/arena.ts";
import { ByteReader, ByteWriter, blockOf } from "../codec/bytes.ts";
import { always, type FieldType, f64, mapOf, Struct, text, u32, u64 } from "../codec/fields.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { describeKey, producersKey } from "./keys.ts";

/** A row has no more producers than this: they are read with it. */
export const ROW_PRODUCERS = 128;

const PRODUCER_STATE = new Struct<ProducerState>(
  "a producer's state",
  () => ({ epoch: 0, lastSeq: 0, lastAt: 0 }),
  { epoch: always(u64), lastSeq: always(u64), lastAt: always(f64) },
);

const ALL = mapOf(text, PRODUCER_STATE);

/** Those in a stream's row: all or, when there are pages, none. Older versions wrote all of them there, however many. */
export const ROW_PRODUCERS_FIELD: FieldType<KnownProducers> = {
  room: (producers) => sizeOf(inRow(producers)),
  write: (writer, producers) => ALL.write(writer, inRow(producers)),
  read: (reader) => new KnownProducers(ALL.read(reader)),
};

const NONE: ReadonlyMap<string, ProducerState> = new Map();

function inRow(producers: KnownProducers): Map<string, ProducerState> {
  return (producers.isDivided ? NONE : producers.part(0)) as Map<string, ProducerState>;
}

function sizeOf(producers: Map<string, ProducerState>): number {
  return typeof ALL.room === "number" ? ALL.room : ALL.room(producers);
}

/** What a row says of producers that have pages. */
export type PagedProducers = Omit<StoredProducers, "part">;

export const PAGED_PRODUCERS = new Struct<PagedProducers>(
  "the producers of a stream",
  () => ({ size: 0, idsLength: 0, salt: 0 }),
  { size: always(u64), idsLength: always(u64), salt: always(u32) },
);

/** What the row says, if there are pages. */
export function pagedProducers(producers: KnownProducers | undefined): PagedProducers | undefined {
  if (!producers?.isDivided) return undefined;
  const { size, idsLength, salt } = producers;
  return { size, idsLength, salt };
}

/** One page. */
export function encodeProducers(arena: Arena, page: ReadonlyMap<string, ProducerState>): Uint8Array {
  const producers = page as Map<string, ProducerState>;
  const writer = new ByteWriter(arena.reserve(sizeOf(producers)), arena.at);
  ALL.write(writer, producers);
  return arena.take(writer.at - arena.at);
}

/** The producers of a stream that has pages. Every page is there, also one without producers. */
export class ProducerPages implements StoredProducers {
  readonly size: number;
  readonly idsLength: number;
  readonly salt: number;
  readonly #store: ArchiveStore;
  readonly #id: number;

  constructor(store: ArchiveStore, id: number, { size, idsLength, salt }: PagedProducers) {
    this.size = size;
    this.idsLength = idsLength;
    this.salt = salt;
    this.#store = store;
    this.#id = id;
  }

  /** @throws DamagedData */
  part(index: number): Map<string, ProducerState> {
    const key = producersKey(this.#id, index);
    const page = this.#store.get(key);
    if (page === undefined) throw new DamagedData(`${describeKey(key)} is missing`);
    return ALL.read(new ByteReader(blockOf(page)));
  }
}
