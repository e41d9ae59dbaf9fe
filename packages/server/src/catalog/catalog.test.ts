import { expect, it } from "vitest";
import type { Archive } from "../journal/contract/index.ts";
import { initialState } from "../stream/evolve.ts";
import { NO_BYTES } from "../stream/records.ts";
import type { StreamState } from "../stream/state.ts";
import { Catalog } from "./catalog.ts";

const LOADED_MAX = 3;
const STREAMS = 10;

function stateOf(id: number): StreamState {
  return initialState({
    ...{ kind: "create", id, at: 0, path: `/s${id}`, contentType: "text/plain", closed: false },
    ...{ ttlSeconds: undefined, expiresAt: undefined, fork: undefined, data: NO_BYTES },
  });
}

/** A catalogue over an archive that has every stream; `changed` are those that it must not let go of. */
function world(changed: ReadonlySet<number> = new Set()) {
  const archive: Archive = {
    byId: stateOf,
    byPath: (path) => stateOf(Number(path.slice(2))),
    paths: () => [],
    due: () => ({ ids: [], next: undefined }),
    release: ({ id }) => !changed.has(id),
  };
  let crowded = 0;
  const catalog = new Catalog(archive, LOADED_MAX, () => {
    crowded += 1;
  });
  for (let id = 1; id <= STREAMS; id++) catalog.byId(id);
  const ids = () => [...catalog.streams()].map(({ state }) => state.id);
  return { catalog, ids, crowded: () => crowded };
}

const never = () => false;

it("tells whenever a stream that it loads makes them too many", () => {
  expect(world().crowded()).toBe(STREAMS - LOADED_MAX);
});

it("drops streams that were not used between two visits, until there are few enough", () => {
  const { catalog, ids } = world();
  catalog.trim(STREAMS, never);
  expect(catalog.loaded).toBe(STREAMS);
  catalog.newest("/s2");
  catalog.trim(STREAMS * 2, never);
  expect(catalog.loaded).toBe(LOADED_MAX);
  expect(ids()).toContain(2);
});

it("looks at no more streams than it is told", () => {
  const { catalog } = world();
  catalog.trim(STREAMS + 1, never);
  catalog.trim(4, never);
  expect(catalog.loaded).toBe(STREAMS - 4);
});

it("keeps what the archive lacks, what has a reader, and what has to stay", () => {
  const { catalog, ids } = world(new Set([1]));
  catalog.byId(2).listen({ onChange: () => undefined });
  catalog.trim(STREAMS * 3, ({ state }) => state.id === 3);
  expect(ids()).toEqual([1, 2, 3]);
});

it("brings a dropped stream back when it is asked for", () => {
  const { catalog, ids } = world();
  catalog.trim(STREAMS * 3, never);
  const [dropped] = Array.from({ length: STREAMS }, (_, index) => index + 1).filter(
    (id) => !ids().includes(id),
  );
  expect(catalog.newest(`/s${dropped}`)?.state).toEqual(stateOf(dropped!));
});
