import { expect, test } from "vitest";
import { FrameLog, Playback, PlaybackClock, type SnapshotSource } from "../src/index.ts";
import { Counter, frame, hashAfter } from "./support.ts";

function logOf(ticks: number): FrameLog {
  const log = new FrameLog(4, 1_000_000);
  for (let tick = 0; tick < ticks; tick++) log.append(frame(tick));
  return log;
}

/** Snapshots at these moments, counted as they are loaded. */
function snapshotsAt(
  ticks: readonly number[],
  spoil: (state: Uint8Array<ArrayBuffer>, tick: number) => void = () => {},
) {
  const loads: number[] = [];
  const source: SnapshotSource = {
    latestUpTo: (tick) => ticks.findLast((known) => known <= tick),
    async load(tick) {
      loads.push(tick);
      const machine = new Counter();
      for (let at = 0; at < tick; at++) machine.step(frame(at));
      const state = machine.save();
      spoil(state, tick);
      return state;
    },
  };
  return { source, loads };
}

/** Spoils a state at one place. */
const flip =
  (place: number) =>
  (state: Uint8Array): void => {
    state[place]! ^= 1;
  };

/** Plays for so many seconds at 60 looks a second. @returns frames that were shown, and how many waited in the end */
function watch(clock: PlaybackClock, seconds: number, arrives: (now: number) => number) {
  let arrived = 0;
  let played = 0;
  let longestWait = 0;
  for (let now = 0; now < seconds * 1_000; now += 1_000 / 60) {
    arrived += arrives(now);
    played += clock.live(now, arrived - played);
    if (now > 2_000) longestWait = Math.max(longestWait, arrived - played);
  }
  return { arrived, played, longestWait };
}

test("the clock shows what arrives in clumps evenly, a few frames behind", () => {
  const clock = new PlaybackClock({ rate: 35, delayFrames: 3 });
  let owed = 0;
  // Seven frames each fifth of a second.
  const { arrived, played, longestWait } = watch(clock, 20, (now) => {
    const due = Math.floor((now * 35) / 1_000 / 7) * 7;
    const clump = due - owed;
    owed = due;
    return clump;
  });
  expect(arrived - played).toBeLessThanOrEqual(10);
  expect(longestWait).toBeLessThanOrEqual(11);
});

test("the clock catches up at once when it is far behind, and does not make up for a long pause otherwise", () => {
  const clock = new PlaybackClock({ rate: 35, delayFrames: 3 });
  expect(clock.live(0, 10_000)).toBe(9_997);
  expect(clock.live(1_000_000, 3)).toBe(3);
  clock.reset();
  expect(clock.live(1_000_001, 3)).toBe(0);
});

test("the clock plays what was recorded at the speed that one likes", () => {
  for (const [speed, expected] of [
    [1, 350],
    [4, 1_400],
    [0.5, 175],
  ] as const) {
    const clock = new PlaybackClock({ rate: 35 });
    let played = 0;
    for (let now = 0; now <= 10_000; now += 20) played += clock.recorded(now, 10_000 - played, speed);
    expect(Math.abs(played - expected)).toBeLessThanOrEqual(1);
  }
});

test("a clock that goes backwards is no reason to do anything", () => {
  const clock = new PlaybackClock({ rate: 35 });
  clock.live(1_000, 3);
  expect(clock.live(0, 3)).toBe(0);
});

test("any moment is reached, forwards and backwards, with the state that it had", async () => {
  const { source } = snapshotsAt([2_000, 4_000]);
  const playback = new Playback({ machine: new Counter(), frames: logOf(5_000), snapshots: source });
  for (const tick of [0, 4_999, 1, 2_000, 1_999, 4_500, 3_999, 700, 5_000]) {
    expect(await playback.seek(tick)).toBe("there");
    expect(playback.tick).toBe(tick);
    expect(playback.machine.hash()).toBe(hashAfter(tick));
  }
});

test("a seek plays from the nearest state: snapshots, states that it kept, or where it is", async () => {
  const { source, loads } = snapshotsAt([4_000, 8_000]);
  const machine = new Counter();
  const playback = new Playback({ machine, frames: logOf(10_000), snapshots: source });
  await playback.seek(8_100);
  expect([loads, machine.steps]).toEqual([[8_000], 100]);
  await playback.seek(8_200);
  expect([loads, machine.steps]).toEqual([[8_000], 200]);
  await playback.seek(8_050);
  expect([loads, machine.steps]).toEqual([[8_000], 250]);
  await playback.seek(4_600);
  expect([loads, machine.steps]).toEqual([[8_000, 4_000], 850]);
  // A state was kept at 4,200 on the way.
  await playback.seek(4_300);
  expect([loads, machine.steps]).toEqual([[8_000, 4_000], 950]);
});

test("a moment that there is not is brought into the range that there is", async () => {
  const playback = new Playback({ machine: new Counter(), frames: logOf(10) });
  await playback.seek(1e9);
  expect(playback.tick).toBe(10);
  await playback.seek(-5);
  expect(playback.tick).toBe(0);
  expect(playback.advance(100)).toBe(10);
});

test("a seek that is stopped plays no further, and the next one goes on", async () => {
  const playback = new Playback({ machine: new Counter(), frames: logOf(5_000), sliceMs: 0 });
  const seek = playback.seek(5_000);
  playback.stop();
  expect(await seek).toBe("superseded");
  expect(playback.tick).toBeLessThan(5_000);
  expect(await playback.seek(5_000)).toBe("there");
});

test("a later seek takes the place of an earlier one, and others have their turn meanwhile", async () => {
  let now = 0;
  const frames = logOf(5_000);
  const playback = new Playback({ machine: new Counter(), frames, sliceMs: 1, now: () => now++ });
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const first = playback.seek(5_000);
  const second = playback.seek(100);
  expect(await Promise.all([first, second])).toEqual(["superseded", "there"]);
  expect(playback.tick).toBe(100);
  await playback.seek(5_000);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});

test("a snapshot of another moment, of another machine, or that is gone gives way to an earlier one", async () => {
  const spoiled = {
    "another moment": flip(0),
    "not there": undefined,
  };
  for (const spoil of Object.values(spoiled)) {
    const { source, loads } = snapshotsAt([2_000, 4_000], (state, tick) => tick === 4_000 && spoil?.(state));
    const snapshots: SnapshotSource = {
      latestUpTo: source.latestUpTo,
      load: async (tick) => {
        const state = await source.load(tick);
        return tick === 4_000 && spoil === undefined ? undefined : state;
      },
    };
    const playback = new Playback({ machine: new Counter(), frames: logOf(5_000), snapshots });
    await playback.seek(4_500);
    expect(loads).toEqual([4_000, 2_000]);
    expect(playback.machine.hash()).toBe(hashAfter(4_500));
  }
});

test("of snapshots that are listed and are not there, a few are asked for, and then the frames do", async () => {
  let loads = 0;
  const playback = new Playback({
    machine: new Counter(),
    frames: logOf(5_000),
    snapshots: {
      latestUpTo: (tick) => tick,
      load: async () => {
        loads++;
        return undefined;
      },
    },
  });
  for (const tick of [4_000, 5_000, 2_000]) expect(await playback.seek(tick)).toBe("there");
  expect(playback.machine.hash()).toBe(hashAfter(2_000));
  expect(loads).toBe(8);
});

test("a snapshot that breaks the machine later on is not used again", async () => {
  class Brittle extends Counter {
    override step(bytes: Uint8Array): void {
      if (this.save()[8] === 1) throw new Error("no state of this machine");
      super.step(bytes);
    }
  }
  const { source, loads } = snapshotsAt([4_000], flip(8));
  const playback = new Playback({ machine: new Brittle(), frames: logOf(5_000), snapshots: source });
  expect(await playback.seek(4_500)).toBe("there");
  expect(playback.machine.hash()).toBe(hashAfter(4_500));
  expect(loads).toEqual([4_000]);
});

test("a state that turns out to be wrong is thrown away with all that rests on it", async () => {
  const { source, loads } = snapshotsAt([4_000], flip(4));
  const playback = new Playback({ machine: new Counter(), frames: logOf(9_000), snapshots: source });
  await playback.seek(8_000);
  expect(playback.machine.hash()).not.toBe(hashAfter(8_000));
  expect(playback.distrust()).toBe(true);
  expect(playback.tick).toBe(0);
  await playback.seek(8_000);
  expect(playback.machine.hash()).toBe(hashAfter(8_000));
  expect(playback.distrust()).toBe(false);
  expect(loads).toEqual([4_000]);
});

test("a machine that breaks by itself says so to whoever seeks", async () => {
  const frames = logOf(10);
  frames.append(frame(0xffffffff));
  const playback = new Playback({ machine: new Counter(), frames });
  await expect(playback.seek(11)).rejects.toThrow("the machine broke");
});

test("a fork plays on from where the machine is, and goes back by what was kept before", async () => {
  const machine = new Counter();
  const playback = new Playback({ machine, frames: logOf(5_000), keepEvery: 1_000 });
  await playback.seek(4_500);
  await playback.seek(2_500);
  const frames = logOf(2_500);
  for (let tick = 2_500; tick < 4_200; tick++) frames.append(frame(tick + 7));
  const fork = playback.branch(frames);
  expect(fork.tick).toBe(2_500);
  await fork.seek(4_200);
  const end = machine.hash();
  expect(end).not.toBe(hashAfter(4_200));
  machine.steps = 0;
  await fork.seek(2_100);
  expect([machine.hash(), machine.steps]).toEqual([hashAfter(2_100), 100]);
  await fork.seek(4_200);
  expect(machine.hash()).toBe(end);
});
