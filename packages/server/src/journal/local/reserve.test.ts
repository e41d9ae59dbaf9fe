/** A full disk: what is given up for it, and that it is kept again once there is room. */
import { Random } from "@perennial/testing";
import { SimulatedMachine } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import type { ArchiveStore } from "./archive/archive-store.ts";
import type { DiskGuard } from "./disk-guard.ts";
import { Reserve } from "./reserve.ts";
import { segmentName } from "./segment.ts";
import { Spares } from "./spares.ts";

const RESERVE_BYTES = 1000;

function diskOf(machine: SimulatedMachine) {
  const disk = machine.disk();
  /** Carries out what was asked of the disk, as far as that asks for more. */
  const settled = async <Value>(work: Promise<Value>): Promise<Value> => {
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      machine.step();
      await new Promise(setImmediate);
    }
    return over;
  };
  return { disk, settled };
}

test("files of dropped segments are removed when the disk is full, and kept again once it has room", async () => {
  const machine = new SimulatedMachine(new Random(1));
  const { disk, settled } = diskOf(machine);
  for (const number of [1, 2, 3, 4]) await settled(disk.open(segmentName(number), false));
  const troubles: string[] = [];
  const spares = new Spares(disk, (what) => troubles.push(what));
  let space = 0;
  const looks: (() => void)[] = [];
  const store = { room: () => space, spaceOnDisk: () => space } as ArchiveStore;
  const guard = { trouble: (what: string) => troubles.push(what) } as unknown as DiskGuard;
  const tightness: boolean[] = [];
  const reserve = new Reserve(
    { disk, store, reserveBytes: RESERVE_BYTES, after: (_ms, run) => void looks.push(run) },
    guard,
    { unarchivedBytes: 0, onRoom: (isTight) => tightness.push(isTight) },
  );
  const files = async () => (await settled(disk.list())).filter((name) => name.startsWith("segment"));
  /** Once it was looked whether there is room, and all was done that follows. */
  const looked = async () => {
    const before = tightness.length;
    looks.shift()!();
    while (tightness.length === before) {
      machine.step();
      await new Promise(setImmediate);
    }
  };

  await settled(spares.keep(1));
  reserve.release({ giveUpSpares: () => spares.giveUp(), keepSpares: () => spares.keepAgain() });
  await settled(spares.keep(2));
  await looked();
  expect([await files(), tightness]).toEqual([[segmentName(3), segmentName(4)], [true]]);
  expect(spares.take()).toBeUndefined();

  space = 10 * RESERVE_BYTES;
  await looked();
  await settled(spares.keep(3));
  expect([await files(), tightness]).toEqual([
    [segmentName(3), segmentName(4)],
    [true, false],
  ]);
  expect(spares.take()).toBe(3);
  expect((await settled(disk.list())).includes("reserve")).toBe(true);
  expect(troubles).toEqual([]);
});
