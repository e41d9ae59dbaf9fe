import { Random, replayOf, Seeds } from "@perennial/testing";
import { expect, test } from "vitest";
import { KnownProducers, PRODUCER_PARTS, type ProducerState } from "../../../stream/known-producers.ts";
import { DamagedData } from "../../contract/index.ts";
import { Arena } from "../codec/arena.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { producersKey } from "./keys.ts";
import { encodeProducers, type PagedProducers, ProducerPages, pagedProducers } from "./producer-pages.ts";

const ID = 7;

/** Pages as a store has them. */
class Pages {
  readonly #byKey = new Map<string, Uint8Array>();
  readonly #arena = new Arena();
  row: PagedProducers | undefined;
  reads = 0;

  /** Stores what was changed, as a checkpoint does. @returns how many pages that were */
  store(known: KnownProducers, succeeds = true): number {
    const changed = known.takeChanged();
    if (!succeeds) return 0;
    for (const part of changed)
      this.#byKey.set(
        nameOf(producersKey(ID, part)),
        new Uint8Array(encodeProducers(this.#arena, known.part(part))),
      );
    this.row = pagedProducers(known);
    known.areStored();
    this.#arena.reset();
    return changed.size;
  }

  read(): KnownProducers {
    const get = (key: Uint8Array) => {
      this.reads += 1;
      return this.#byKey.get(nameOf(key));
    };
    return new KnownProducers(new ProducerPages({ get } as ArchiveStore, ID, this.row!));
  }

  lose(part: number): void {
    this.#byKey.delete(nameOf(producersKey(ID, part)));
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key).toString("hex");
}

const SEEDS = new Seeds(30);

test(`whatever is noted, taken back, stored and read again is what a map would hold (${SEEDS})`, () => {
  for (const seed of SEEDS) {
    const random = new Random(seed);
    const map = new Map<string, ProducerState>();
    const pages = new Pages();
    let known = new KnownProducers();
    known.divide(random.below(2 ** 32));
    for (let step = 0; step < 600; step++) {
      if (random.chance(0.02)) pages.store(known, random.chance(0.5));
      if (random.chance(0.02)) {
        pages.store(known);
        known = pages.read();
      }
      act(random, step, known, map);
      expect(known.size, replayOf(seed)).toBe(map.size);
      const idsLength = [...map.keys()].reduce((sum, id) => sum + Buffer.byteLength(id), 0);
      expect(known.idsLength, replayOf(seed)).toBe(idsLength);
    }
    pages.store(known);
    expect([...pages.read()].sort(), replayOf(seed)).toEqual([...map].sort());
  }
});

/** Does something to both. */
function act(random: Random, step: number, known: KnownProducers, map: Map<string, ProducerState>): void {
  const id = `${"p".repeat(random.below(3))}${random.below(400)}${random.chance(0.1) ? "ü" : ""}`;
  const what = random.below(20);
  if (what < 2) known.bringPart();
  else if (what < 4) {
    known.delete(id);
    map.delete(id);
  } else if (what < 14) {
    known.note({ id, epoch: step, seq: what }, step);
    map.set(id, { epoch: step, lastSeq: what, lastAt: step });
  } else if (what < 16) {
    known.set(id, { epoch: step, lastSeq: 0, lastAt: 0 });
    map.set(id, { epoch: step, lastSeq: 0, lastAt: 0 });
  } else expect(known.get(id)).toEqual(map.get(id));
}

function many(count: number, salt: number): KnownProducers {
  const known = new KnownProducers();
  for (let index = 0; index < count; index++) known.note({ id: `p${index}`, epoch: 0, seq: 0 }, 1);
  known.divide(salt);
  return known;
}

test("one of ten thousand producers costs one page, when it is asked for and when it is stored", () => {
  const pages = new Pages();
  expect(pages.store(many(10_000, 12_345))).toBe(PRODUCER_PARTS);
  const known = pages.read();
  expect(known.size).toBe(10_000);
  expect(pages.reads).toBe(0);
  known.note({ id: "p77", epoch: 0, seq: 1 }, 2);
  expect(pages.reads).toBe(1);
  expect(pages.store(known)).toBe(1);
  expect(pages.read().get("p77")).toEqual({ epoch: 0, lastSeq: 1, lastAt: 2 });
});

test("ten thousand numbered producers are spread over all pages, whatever the salt", () => {
  for (const salt of [0, 1, 2, 0x8000_0000, 0xffff_ffff, 424_242]) {
    const known = many(10_000, salt);
    const sizes = Array.from({ length: PRODUCER_PARTS }, (_, part) => known.part(part).size);
    expect(Math.max(...sizes)).toBeLessThan(160);
    expect(Math.min(...sizes)).toBeGreaterThan(30);
  }
});

test("a page that is missing is damage, told by name", () => {
  const pages = new Pages();
  pages.store(many(1000, 3));
  for (let part = 0; part < PRODUCER_PARTS; part++) pages.lose(part);
  const known = pages.read();
  expect(() => known.get("p1")).toThrow(DamagedData);
  expect(() => known.get("p1")).toThrow(/^part \d+ of the producers of stream 7 is missing$/);
});
