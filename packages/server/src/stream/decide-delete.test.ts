import { PLAIN_CREATION } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import { decideDelete } from "./decide-delete.ts";
import { initialState } from "./evolve.ts";
import type { Life, StreamState } from "./state.ts";

/** Streams of which each is a fork of the one before, from id 1 on; each has the references given. */
function chain(...generations: readonly (readonly [Life, references: number])[]): readonly StreamState[] {
  return generations.map(([life, references], index) => {
    const source = { sourceId: index, sourcePath: `/${index}`, anchor: 0, subOffset: 0, offset: 0 };
    const fork = index === 0 ? undefined : { ...source, inheritsLifetime: true, inheritsMaxBytes: true };
    const state = initialState({ ...PLAIN_CREATION, id: index + 1, path: `/${index + 1}`, fork });
    return Object.assign(state, { life, references });
  });
}

function end(states: readonly StreamState[], id: number) {
  const { removed, released } = decideDelete(states[id - 1]!, (source) => states[source - 1]!, 0);
  return { removed, released };
}

test("a stream without forks goes", () => {
  expect(end(chain(["live", 0]), 1)).toEqual({ removed: [1], released: undefined });
});

test("a stream with forks stays for them", () => {
  expect(end(chain(["live", 1], ["live", 0]), 1)).toEqual({ removed: [], released: undefined });
});

test("a fork gives its source back, which stays if it is in use", () => {
  expect(end(chain(["live", 1], ["live", 0]), 2)).toEqual({ removed: [2], released: 1 });
});

test("the last fork takes along each deleted source that was there for it alone", () => {
  const gone = chain(["soft-deleted", 1], ["soft-deleted", 1], ["live", 0]);
  expect(end(gone, 3)).toEqual({ removed: [3, 2, 1], released: undefined });
});

test("the way up ends at a source that is in use, or has another fork", () => {
  expect(end(chain(["live", 1], ["soft-deleted", 1], ["live", 0]), 3)).toEqual({
    removed: [3, 2],
    released: 1,
  });
  expect(end(chain(["soft-deleted", 1], ["soft-deleted", 2], ["live", 0]), 3)).toEqual({
    removed: [3],
    released: 2,
  });
});
