import { DurableStream } from "@perennial/client";
import { expect, test } from "vitest";
import {
  createTimeline,
  encodeHeader,
  forkTimeline,
  HashTrail,
  NotATimelineError,
  Playback,
  Recorder,
  Snapshots,
  type TimelinePlace,
  TimelineReader,
} from "../src/index.ts";
import { Counter, FORMAT, frame, hashAfter, recorded, serving } from "./support.ts";

const place = serving();
const signal = () => AbortSignal.timeout(80_000);

/** A reader of all that there is. */
const read = (place: TimelinePlace, name: string) =>
  TimelineReader.open({ place, name, signal: signal(), live: false });

/** The hash after all frames of a timeline. */
async function finalHash(place: TimelinePlace, name: string): Promise<number> {
  const { frames } = await read(place, name);
  const machine = new Counter();
  for (let tick = 0; tick < frames.length; tick++) machine.step(frames.at(tick));
  return machine.hash();
}

/** A network that can be taken away; what was under way is stored, and its answer lost. */
function flaky(from: TimelinePlace): TimelinePlace & { isDown: boolean } {
  const network = {
    ...from,
    isDown: false,
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      const response = await fetch(input, init);
      if (!network.isDown) return response;
      await response.body?.cancel();
      throw new TypeError("the network is down");
    },
  };
  return network;
}

test("what is recorded is what is read, and a reader at the tail gets what comes", async () => {
  const at = place();
  await createTimeline(at, "one", FORMAT);
  const recorder = new Recorder({ place: at, name: "one", frameBytes: 4, producerId: "p" });
  const stop = new AbortController();
  const reader = await TimelineReader.open({ place: at, name: "one", signal: stop.signal });
  expect(reader.format).toEqual(FORMAT);
  expect([reader.frames.length, reader.isUpToDate, reader.isClosed]).toEqual([0, true, false]);
  for (let tick = 0; tick < 300; tick++) {
    expect(recorder.push(frame(tick))).toBe(true);
    if (tick % 10 === 9) recorder.send();
  }
  await recorder.flush();
  expect(recorder.waiting).toBe(0);
  await expect.poll(() => reader.frames.length).toBe(300);
  expect(await finalHash(at, "one")).toBe(hashAfter(300));
  await recorder.close();
  await expect.poll(() => reader.isClosed).toBe(true);
  await reader.ended;
});

test("a recorder without a network takes frames as before, up to a bound, and the timeline is whole afterwards", async () => {
  const network = flaky(place());
  await createTimeline(network, "one", FORMAT);
  const recorder = new Recorder({
    place: network,
    name: "one",
    frameBytes: 4,
    producerId: "p",
    maxWaiting: 500,
  });
  let tick = 0;
  const play = (count: number) => {
    for (const end = tick + count; tick < end; tick++) {
      if (!recorder.push(frame(tick))) return false;
      if (tick % 3 === 0) recorder.send();
    }
    return true;
  };
  expect(play(100)).toBe(true);
  await recorder.flush();
  network.isDown = true;
  expect(play(400)).toBe(true);
  expect(recorder.waiting).toBe(400);
  expect(play(400)).toBe(false);
  const taken = tick;
  network.isDown = false;
  await recorder.flush();
  expect(recorder.waiting).toBe(0);
  expect(await finalHash(network, "one")).toBe(hashAfter(taken));
});

test("what waits is what is not stored, also where something is always on its way", async () => {
  const at = place();
  await createTimeline(at, "one", FORMAT);
  const held: (() => void)[] = [];
  const slow: TimelinePlace = {
    ...at,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      await new Promise<void>((resolve) => held.push(resolve));
      return response;
    },
  };
  const recorder = new Recorder({ place: slow, name: "one", frameBytes: 4, producerId: "p" });
  const play = (frames: number) => {
    for (let count = 0; count < frames; count++) recorder.push(frame(count));
    recorder.send();
  };
  for (const frames of [1, 2, 3]) play(frames);
  expect(recorder.waiting).toBe(6);
  for (let round = 0; round < 20; round++) {
    await expect.poll(() => held.length).toBeGreaterThan(0);
    const before = recorder.waiting;
    held.shift()!();
    await expect.poll(() => recorder.waiting).toBeLessThan(before);
    play(2);
    expect(recorder.waiting).toBeLessThanOrEqual(8);
  }
  const opening = setInterval(() => held.shift()?.(), 1);
  await recorder.detach();
  clearInterval(opening);
  expect(recorder.waiting).toBe(0);
});

test("whoever takes over writes on, and the one before is told", async () => {
  const at = place();
  await createTimeline(at, "one", FORMAT);
  const errors: Error[] = [];
  const first = new Recorder({
    ...{ place: at, name: "one", frameBytes: 4, producerId: "p", epoch: 1 },
    onError: (error) => errors.push(error),
  });
  first.push(frame(0));
  await first.flush();
  const second = new Recorder({ place: at, name: "one", frameBytes: 4, producerId: "p", epoch: 2 });
  second.push(frame(1));
  await second.flush();
  first.push(frame(99));
  await first.flush();
  expect(errors.map((error) => error.name)).toEqual(["StaleEpochError"]);
  expect(first.push(frame(100))).toBe(false);
  expect(await finalHash(at, "one")).toBe(hashAfter(2));
});

test("a seek in another process starts from a snapshot, and a hash says that it came to the same", async () => {
  const at = place();
  await recorded(at, "one", 9_000);
  const [snapshots, trail, machine] = [new Snapshots(at, "one"), new HashTrail(at, "one"), new Counter()];
  for (let tick = 0; tick < 9_000; tick++) {
    machine.step(frame(tick));
    if (machine.tick % 3_000 === 0) await snapshots.publish(machine.tick, machine.save());
    if (machine.tick % 1_000 === 0) await trail.record(machine.tick, machine.hash());
  }
  const [known, hashes, watching] = [new Snapshots(at, "one"), new HashTrail(at, "one"), new Counter()];
  await Promise.all([known, hashes].map((side) => side.follow({ signal: signal(), live: false })));
  expect([[...known.ticks].sort(), hashes.size]).toEqual([[3_000, 6_000, 9_000], 9]);
  const { frames } = await read(at, "one");
  const playback = new Playback({ machine: watching, frames, snapshots: known, keepEvery: 1e9 });
  await playback.seek(8_000);
  expect(watching.steps).toBe(2_000);
  expect(hashes.check(8_000, watching.hash())).toBe("equal");
  expect(hashes.check(8_000, watching.hash() + 1)).toBe("differs");
  expect(hashes.check(8_001, watching.hash())).toBe("unknown");
});

test("snapshots and hashes arrive while one watches, until one stops", async () => {
  const at = place();
  await recorded(at, "one", 10);
  const stop = new AbortController();
  const known = new Snapshots(at, "one");
  const following = known.follow({ signal: stop.signal, live: true });
  await new Snapshots(at, "one").publish(10, new Counter().save());
  await expect.poll(() => known.latestUpTo(10)).toBe(10);
  stop.abort();
  await following;
});

test("a fork has the frames, snapshots and hashes up to its frame, and neither changes the other", async () => {
  const at = place();
  await recorded(at, "one", 5_000);
  const [snapshots, trail, machine] = [new Snapshots(at, "one"), new HashTrail(at, "one"), new Counter()];
  for (let tick = 0; tick < 5_000; tick++) {
    machine.step(frame(tick));
    if (machine.tick % 1_000 === 0) await snapshots.publish(machine.tick, machine.save());
    if (machine.tick % 500 === 0) await trail.record(machine.tick, machine.hash());
  }
  const reader = await read(at, "one");
  await forkTimeline({ place: at, from: "one", name: "two", tick: 3_333, reader });
  const recorder = new Recorder({ place: at, name: "two", frameBytes: 4, producerId: "other" });
  for (let tick = 3_333; tick < 4_000; tick++) recorder.push(frame(tick));
  await recorder.close();
  expect(await finalHash(at, "two")).toBe(hashAfter(4_000));
  expect((await read(at, "one")).frames.length).toBe(5_000);
  // A fork of the fork, behind what it has of its own.
  await forkTimeline({ place: at, from: "two", name: "three", tick: 3_500, reader: await read(at, "two") });
  expect(await finalHash(at, "three")).toBe(hashAfter(3_500));
  const [known, hashes] = [new Snapshots(at, "three"), new HashTrail(at, "three")];
  await Promise.all([known, hashes].map((side) => side.follow({ signal: signal(), live: false })));
  expect([[...known.ticks], hashes.size]).toEqual([[1_000, 2_000, 3_000], 6]);
  const playback = new Playback({
    machine: new Counter(),
    frames: (await read(at, "three")).frames,
    snapshots: known,
  });
  await playback.seek(3_400);
  expect(playback.machine).toMatchObject({ steps: 400 });
  await expect(
    forkTimeline({ place: at, from: "one", name: "four", tick: 5_001, reader }),
  ).rejects.toMatchObject({
    status: 400,
  });
});

test.each([
  ["no timeline", new TextEncoder().encode("hello\n"), NotATimelineError],
  ["too long", new Uint8Array([...encodeHeader(FORMAT), ...new Uint8Array(4_000)]), NotATimelineError],
  ["nothing but half a line", new TextEncoder().encode("{"), NotATimelineError],
])("a stream that is %s is refused with a reason", async (_, body, error) => {
  const at = place();
  await DurableStream.create({
    ...{ url: `${at.streamsUrl}/one`, contentType: "application/octet-stream", warnOnHttp: false },
    ...{ body, closed: true },
  });
  const opening = TimelineReader.open({ place: at, name: "one", signal: signal(), maxBytes: 1_000 });
  await expect(opening).rejects.toBeInstanceOf(error);
});

test("names from a link reach nothing but timelines of their place", async () => {
  const at = place();
  for (const name of ["../secret", "a/b", "", "%2e%2e", "a?b", "x".repeat(65)])
    await expect(TimelineReader.open({ place: at, name, signal: signal() })).rejects.toBeInstanceOf(
      RangeError,
    );
});

test("entries that are none are left out, and a snapshot that is too large, not packed or elsewhere is none", async () => {
  const at = place();
  await recorded(at, "one", 10);
  const index = new DurableStream({
    url: `${at.streamsUrl}/one/snapshots`,
    contentType: "application/json",
    warnOnHttp: false,
  });
  const tricks = [
    7,
    null,
    "x",
    {},
    { tick: -1, of: "one" },
    { tick: 1.5, of: "one" },
    { tick: 3, of: "../../secret" },
  ];
  for (const trick of tricks) await index.append(JSON.stringify(trick));
  const many = new Snapshots(at, "one");
  await many.publish(5, new Uint8Array(100_000));
  await DurableStream.create({
    ...{
      url: `${at.streamsUrl}/one/snapshots/6`,
      contentType: "application/octet-stream",
      warnOnHttp: false,
    },
    ...{ body: new Uint8Array(500), closed: true },
  });
  for (const tick of [6, 7]) await index.append(JSON.stringify({ tick, of: "one" }));
  const known = new Snapshots(at, "one", { maxBytes: 1_000 });
  await known.follow({ signal: signal(), live: false });
  expect([...known.ticks].sort()).toEqual([5, 6, 7]);
  for (const tick of [4, 5, 6, 7]) expect(await known.load(tick)).toBeUndefined();
  expect(await many.load(5)).toEqual(new Uint8Array(100_000));
});

test("a server keeps a timeline to what its maker allowed, whoever writes", async () => {
  const at = place();
  await createTimeline(at, "one", FORMAT, { maxBytes: 200, ttlSeconds: 60 });
  const errors: Error[] = [];
  const recorder = new Recorder({
    ...{ place: at, name: "one", frameBytes: 4, producerId: "p" },
    onError: (error) => errors.push(error),
  });
  for (let tick = 0; tick < 100; tick++) recorder.push(frame(tick));
  await recorder.flush();
  expect(errors).toMatchObject([{ code: "TOO_LARGE" }]);
});
