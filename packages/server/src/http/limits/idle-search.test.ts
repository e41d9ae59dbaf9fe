import { expect, test } from "vitest";
import { type HeldConnection, IdleSearch } from "./idle-search.ts";

class Connection implements HeldConnection {
  idleSince: number | undefined;
  readonly #onClose: () => void;

  constructor(idleSince: number | undefined, onClose: () => void) {
    this.idleSince = idleSince;
    this.#onClose = onClose;
  }

  closeIfIdleSince(then: number): void {
    if (this.idleSince === undefined || this.idleSince > then) return;
    this.idleSince = undefined;
    this.#onClose();
  }
}

function world(...idleSince: (number | undefined)[]) {
  const closed: number[] = [];
  const connections = new Set(
    idleSince.map((since, index) => new Connection(since, () => closed.push(index))),
  );
  let looks = 0;
  const all = function* () {
    for (const connection of connections) {
      looks += 1;
      yield connection;
    }
  };
  return { closed, connections: [...connections], search: new IdleSearch(all, 5000), looks: () => looks };
}

test("the one that is idle longest gives way first; busy ones and those that are idle for little stay", () => {
  const { closed, search } = world(30, undefined, 10, 5001, 20);
  expect([1, 2, 3, 4].map(() => search.closeOne(10_000))).toEqual([true, true, true, false]);
  expect(closed).toEqual([2, 4, 0]);
  expect(search.closeOne(10_001)).toBe(false);
  expect(search.closeOne(10_250)).toBe(true);
  expect(closed).toEqual([2, 4, 0, 3]);
});

test("one that has had a request since it was found stays", () => {
  const { closed, connections, search } = world(1, 2, 3);
  expect(search.closeOne(10_000)).toBe(true);
  connections[1]!.idleSince = 9999;
  expect(search.closeOne(10_000)).toBe(true);
  expect(closed).toEqual([0, 2]);
});

test("a search looks at few connections, however many there are, and the next one goes on behind them", () => {
  const { search, looks, closed } = world(
    ...Array.from({ length: 10_000 }, (_, index) => (index < 9000 ? undefined : 1)),
  );
  expect(search.closeOne(10_000)).toBe(false);
  expect(looks()).toBeLessThanOrEqual(4097);
  expect(search.closeOne(11_000)).toBe(false);
  expect(search.closeOne(12_000)).toBe(true);
  expect(looks()).toBe(10_000);
  expect(closed).toHaveLength(1);
});
