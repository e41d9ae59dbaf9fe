import { expect, test } from "vitest";
import { LongWrites } from "./long-writes.ts";

const MIB = 1024 * 1024;

/** A log of which nothing is written until we say so. */
function world() {
  let end = 0;
  let written = 0;
  const slabs = { longBytesFrom: (position: number) => end - position };
  const lines = new LongWrites({ shortBytes: 100 }, { admit: () => undefined }, slabs, () => written);
  const entered: number[] = [];
  const enter = async (byteLength: number): Promise<void> => {
    const room = lines.admit(byteLength);
    if (room !== undefined) await room;
    if (byteLength > 100) end += byteLength;
    entered.push(byteLength);
  };
  const write = async (bytes: number): Promise<void> => {
    written += bytes;
    lines.letIn();
    await settle();
  };
  return { lines, entered, enter, write };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("long records are let in as the disk takes them, in their order, and short ones at once", async () => {
  const { enter, entered, write } = world();
  const all = [3, 2, 1].map((size) => enter(size * MIB));
  await settle();
  await enter(100);
  expect(entered).toEqual([3 * MIB, 100]);
  await write(MIB);
  expect(entered).toEqual([3 * MIB, 100, 2 * MIB]);
  await write(2 * MIB);
  expect(entered).toEqual([3 * MIB, 100, 2 * MIB, MIB]);
  await Promise.all(all);
});

test("one that is longer than all that may be under way is let in when there is no other", async () => {
  const { enter, entered, write } = world();
  await enter(60 * MIB);
  const next = [enter(50 * MIB), enter(101)];
  await write(59 * MIB);
  expect(entered).toEqual([60 * MIB]);
  await write(MIB);
  expect(entered).toEqual([60 * MIB, 50 * MIB]);
  await write(50 * MIB);
  await Promise.all(next);
  expect(entered).toEqual([60 * MIB, 50 * MIB, 101]);
});

test("all are let in when there is no use in waiting", async () => {
  const { enter, entered, lines } = world();
  const all = [4, 4, 4].map((size) => enter(size * MIB));
  await settle();
  expect(entered).toHaveLength(1);
  lines.letAllIn();
  await Promise.all(all);
});
