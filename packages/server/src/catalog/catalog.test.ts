import { PLAIN_CREATION } from "@perennial/testing/journal";
import { expect, it } from "vitest";
import type { Archive } from "../journal/contract/index.ts";
import { initialState } from "../stream/evolve.ts";
import { KnownProducers } from "../stream/known-producers.ts";
import type { StreamState } from "../stream/state.ts";
import { Catalog } from "./catalog.ts";

const LOADED_MAX = 3;
const STREAMS = 10;

function stateOf(id: number): StreamState {
  return initialState({ ...PLAIN_CREATION, id, path: `/s${id}` });
}

/** A catalogue over an archive that has every stream; `changed` are those that it must not let go of. */
function world(changed: ReadonlySet<number> = new Set()) {
  const archive: Archive = {
    byId: stateOf,
    forkOf: () => undefined,
    byPath: (path) => stateOf(Number(path.slice(2))),
    paths: () => ({ paths: [], next: undefined }),
    due: () => ({ ids: [], next: undefined }),
    release: ({ id }) => !changed.has(id),
  };
  let crowded = 0;
  const catalog = new Catalog(archive, LOADED_MAX, () => {
    crowded += 1;
  });
  for (let id = 1; id <= STREAMS; id++) catalog.byId(id);
  /** Trims, and lets all go that may. */
  const trim = (looks: number, staying?: number) =>
    catalog.trim(0, looks, (stream) => {
      if (stream.state.id !== staying) catalog.evict(stream);
    });
  const ids = () => [...catalog.streams()].map(({ state }) => state.id);
  return { catalog, trim, ids, crowded: () => crowded };
}

it("tells whenever a stream that it loads makes them too many", () => {
  expect(world().crowded()).toBe(STREAMS - LOADED_MAX);
});

it("drops streams that were not used between two visits, until there are few enough", () => {
  const { catalog, trim, ids } = world();
  trim(STREAMS);
  expect(catalog.loaded).toBe(STREAMS);
  catalog.newest("/s2");
  trim(STREAMS * 2);
  expect(catalog.loaded).toBe(LOADED_MAX);
  expect(ids()).toContain(2);
});

it("looks at no more streams than it is told", () => {
  const { catalog, trim } = world();
  trim(STREAMS);
  trim(4);
  expect(catalog.loaded).toBe(STREAMS - 4);
});

it("looks at those that are owed, though there is room for all", () => {
  const { catalog, trim, ids } = world();
  trim(STREAMS * 3);
  const [first] = ids();
  catalog.trim(LOADED_MAX, 0, (stream) => catalog.evict(stream));
  catalog.byId(first!);
  catalog.trim(LOADED_MAX, 0, (stream) => catalog.evict(stream));
  expect(ids()).toEqual([]);
});

it("keeps what the archive lacks, what has a reader, and what has to stay", () => {
  const { catalog, trim, ids } = world(new Set([1]));
  catalog.byId(2).listen({ onChange: () => undefined });
  trim(STREAMS * 3, 3);
  expect(ids()).toEqual([1, 2, 3]);
});

it("brings a dropped stream back when it is asked for", () => {
  const { catalog, trim, ids } = world();
  trim(STREAMS * 3);
  const [dropped] = Array.from({ length: STREAMS }, (_, index) => index + 1).filter(
    (id) => !ids().includes(id),
  );
  expect(catalog.newest(`/s${dropped}`)?.state).toEqual(stateOf(dropped!));
});

it("keeps what an operation holds on to, for as long as any does", () => {
  const { catalog, trim, ids } = world();
  const stream = catalog.byId(1);
  const trimAll = () => {
    for (let id = 1; id <= STREAMS; id++) catalog.byId(id);
    trim(STREAMS * 3);
  };
  stream.pins += 2;
  trimAll();
  expect(ids()).toContain(1);
  stream.pins -= 1;
  trimAll();
  expect(ids()).toContain(1);
  stream.pins -= 1;
  trimAll();
  expect(ids()).not.toContain(1);
});

/** Makes a stream remember as many producers as take about `plain` times as much memory as a plain stream. */
function burden(catalog: Catalog, id: number, plain: number): void {
  const { state } = catalog.byId(id);
  state.producers = new KnownProducers();
  for (let index = 0; index < Math.ceil((plain * 1024) / 400); index++)
    state.producers.set(`p${index}`, { epoch: 0, lastSeq: 0, lastAt: 0 });
  catalog.weigh(catalog.byId(id));
}

it("lets one stream that remembers much count for many", () => {
  const { catalog, trim, ids, crowded } = world();
  trim(STREAMS * 3);
  const light = catalog.weight;
  const before = crowded();
  const [heavy] = ids();
  burden(catalog, heavy!, LOADED_MAX);
  expect(crowded()).toBe(before + 1);
  trim(STREAMS * 3);
  expect(ids()).not.toContain(heavy);
  expect(catalog.weight).toBeLessThan(light);
});

it("is overfull when what it cannot drop takes twice what it should, and not when that is light again", () => {
  const { catalog, trim } = world(new Set([1]));
  burden(catalog, 1, 70_000);
  trim(STREAMS * 3);
  expect(catalog.isOverfull).toBe(true);
  const { state } = catalog.byId(1);
  state.producers = undefined;
  catalog.weigh(catalog.byId(1));
  expect(catalog.isOverfull).toBe(false);
});

it("weighs nothing when it holds nothing", () => {
  const { catalog } = world();
  for (const stream of [...catalog.streams()]) catalog.evict(stream);
  expect(catalog.weight).toBe(0);
});
