import { Random, Seeds } from "@perennial/testing";
import { expect, test } from "vitest";
import { Hosts } from "./hosts.ts";

const settled = () => new Promise(setImmediate);

test("a delivery that was given up before its host was asked says nothing of the host", async () => {
  let now = 0;
  const hosts = new Hosts({ perHost: 2, all: 4, shareOf: () => 4 }, () => now);
  for (let failure = 0; failure < 5; failure++) {
    expect(await hosts.enter("dead", "a")).toBeUndefined();
    hosts.leave("dead", "a", false);
  }
  expect(await hosts.enter("dead", "a")).toBe(1000);
  now = 1000;
  expect(await hosts.enter("dead", "a")).toBeUndefined();
  hosts.leave("dead", "a", undefined);
  expect(await hosts.enter("dead", "a")).toBeUndefined();
  expect(await hosts.enter("dead", "a"), "one at a time asks").toBe(2000);
});

test("a scope has its share, and leaves the others theirs, at the same host and at others", async () => {
  const hosts = new Hosts({ perHost: 3, all: 8, shareOf: () => 2 }, () => 0);
  const begun: string[] = [];
  const enter = (host: string, scope: string): void =>
    void hosts.enter(host, scope).then(() => begun.push(`${scope} at ${host}`));
  for (let count = 0; count < 4; count++) enter("x", "a");
  enter("x", "b");
  enter("y", "a");
  await settled();
  expect(begun).toEqual(["a at x", "a at x", "b at x"]);
  expect([hosts.active, hosts.waiting]).toEqual([3, 3]);
  hosts.leave("x", "a", true);
  await settled();
  expect(begun.slice(3), "those of the host go first").toEqual(["a at x"]);
  hosts.leave("x", "a", true);
  hosts.leave("x", "a", true);
  await settled();
  expect(begun.slice(4).sort()).toEqual(["a at x", "a at y"]);
});

const seeds = new Seeds(100);

test(`whatever ends in whatever order, all have their turn and no bound is passed (${seeds})`, async () => {
  await seeds.play(async (seed) => {
    const random = new Random(seed);
    const hosts = new Hosts({ perHost: 3, all: 7, shareOf: () => 4 }, () => 0);
    const active: (readonly [host: string, scope: string])[] = [];
    const most = (at: 0 | 1): number =>
      Math.max(0, ...active.map((one) => active.filter((other) => other[at] === one[at]).length));
    let asked = 0;
    let ended = 0;
    for (let step = 0; step < 200 || active.length > 0; step++) {
      if (step < 200 && random.chance(0.55)) {
        const place = [`host ${random.below(4)}`, `scope ${random.below(4)}`] as const;
        asked += 1;
        void hosts.enter(...place).then(() => active.push(place));
      } else if (active.length > 0) {
        hosts.leave(...active.splice(random.below(active.length), 1)[0]!, true);
        ended += 1;
      }
      await settled();
      expect(active.length).toBeLessThanOrEqual(7);
      expect([most(0) <= 3, most(1) <= 4]).toEqual([true, true]);
      expect([hosts.active, hosts.waiting]).toEqual([active.length, asked - ended - active.length]);
    }
    expect([ended, hosts.waiting]).toEqual([asked, 0]);
  });
});
