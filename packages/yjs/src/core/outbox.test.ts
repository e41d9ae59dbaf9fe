import { expect, it } from "vitest";
import { FrameDecoder } from "./framing.ts";
import { Outbox } from "./outbox.ts";

const update = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
/** Merging shows in the result. */
const outbox = (): Outbox => new Outbox((updates) => Uint8Array.from(updates.flatMap((each) => [...each])));
const contents = (body: Uint8Array): number[][] => new FrameDecoder().push(body).map((each) => [...each]);

it("sends one request at a time, with all that waits, each under the next number", () => {
  const box = outbox();
  box.add(update(1));
  const first = box.next()!;
  box.add(update(2));
  box.add(update(3));
  expect(box.next()).toEqual(first);
  expect(first.number).toEqual({ epoch: 0, seq: 0 });
  expect(box.size).toBe(3);
  box.settle(first, { kind: "stored" });
  const second = box.next()!;
  expect(contents(second.body)).toEqual([[2], [3]]);
  expect(second.number).toEqual({ epoch: 0, seq: 1 });
  box.settle(second, { kind: "stored" });
  expect(box.size).toBe(0);
  expect(box.next()).toBeUndefined();
});

it("repeats a request under its number until it is stored", () => {
  const box = outbox();
  box.add(update(1));
  const first = box.next()!;
  box.settle(first, { kind: "again" });
  box.add(update(2));
  expect(box.next()).toEqual(first);
});

it("counts anew above whoever has its name, and not at all where no more producers are taken", () => {
  const box = outbox();
  box.add(update(1));
  box.settle(box.next()!, { kind: "out-of-step", epoch: 4 });
  expect(box.next()!.number).toEqual({ epoch: 5, seq: 0 });
  box.settle(box.next()!, { kind: "no-producers" });
  expect(box.next()!.number).toBeUndefined();
});

it("halves a request that is too long, down to a single change", () => {
  const box = outbox();
  for (let change = 0; change < 4; change++) box.add(new Uint8Array(100).fill(change));
  const sizes: number[] = [];
  while (box.settle(box.next()!, { kind: "too-long" })) sizes.push(contents(box.next()!.body).length);
  expect(sizes).toEqual([2, 1]);
  expect(box.size).toBe(4);
});

it("merges what waits for long, and counts it as it was made", () => {
  const box = outbox();
  for (let change = 0; change < 256; change++) box.add(update(change));
  expect(contents(box.next()!.body)).toHaveLength(1);
  expect(box.size).toBe(256);
  box.settle(box.next()!, { kind: "stored" });
  expect(box.size).toBe(0);
});

it("calls back when all that was added before is stored", () => {
  const box = outbox();
  const called: string[] = [];
  box.whenStored(() => called.push("nothing to store"));
  box.add(update(1));
  box.whenStored(() => called.push("first"));
  const first = box.next()!;
  box.add(update(2));
  box.whenStored(() => called.push("second"));
  box.settle(first, { kind: "stored" });
  expect(called).toEqual(["nothing to store", "first"]);
  box.settle(box.next()!, { kind: "stored" });
  expect(called).toEqual(["nothing to store", "first", "second"]);
});

it("does not take a late answer to what it replaced for one to what follows", () => {
  const box = outbox();
  box.add(update(1));
  const late = box.next()!;
  box.replace(update(9));
  const next = box.next()!;
  expect(next.number).not.toEqual(late.number);
  box.settle(late, { kind: "stored" });
  expect(box.size).toBe(1);
  expect(contents(box.next()!.body)).toEqual([[9]]);
});
