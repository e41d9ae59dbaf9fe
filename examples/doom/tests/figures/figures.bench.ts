/**
 * The figures of `docs/doom.md`: `npm run figures -w examples/doom`. The server is a process of its own, so that its CPU time is its own;
 * players and watchers are this process, and `watchers.mjs`.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "@perennial/testing";
import {
  createTimeline,
  Playback,
  PlaybackClock,
  Snapshots,
  type TimelinePlace,
  TimelineReader,
} from "@perennial/timeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Bot } from "../../shared/bot.ts";
import { RESTING, SNAPSHOT_EVERY } from "../../shared/commands.ts";
import { RATE } from "../../shared/engine/doom.ts";
import { Recording } from "../../shared/recording.ts";
import { formatOf } from "../../shared/sessions.ts";
import { startGame } from "../support/engine.ts";

const START = { skill: 2, map: 1 };
const TICK_MS = 1_000 / RATE;
const HOUR = 3_600 * RATE;
const WATCHERS = 1_000;
const CLI = new URL("../../../../packages/cli/bin/perennial.js", import.meta.url).pathname;
/** Linux counts a process's time in hundredths of a second. */
const TICKS_A_SECOND = 100;

let folder: string;
let server: ChildProcess;
let place: TimelinePlace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "perennial-figures-"));
  const args = [CLI, "dev", "--port", "0", "--data-dir", folder, "--log-level", "error"];
  server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  for await (const part of server.stdout!) {
    said += part;
    const [url] = /http:\/\/[\w.]+:\d+/.exec(said) ?? [];
    if (url === undefined) continue;
    place = { streamsUrl: `${url}/v1/stream/figures` };
    break;
  }
  server.stdout!.resume();
});

afterAll(async () => {
  server.kill();
  await once(server, "exit");
  await rm(folder, { recursive: true, force: true });
});

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * part)]!;

/** Seconds of a processor that a process has used. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Calls back at the rate of the game, for so many seconds. */
function atRate(seconds: number, tick: () => void): Promise<void> {
  const started = performance.now();
  let done = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      for (; done < (performance.now() - started) / TICK_MS; done++) tick();
      if (performance.now() - started < seconds * 1_000) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
}

async function newSession(name: string) {
  await createTimeline(place, name, formatOf(START));
  const doom = startGame(START);
  const recording = new Recording({
    ...{ place, name, doom, ttlSeconds: undefined },
    onEnd: (error) => {
      throw error;
    },
  });
  return { doom, recording };
}

test("bytes of a minute of play, and the delay of a watcher", async () => {
  const { doom, recording } = await newSession("delay");
  const stop = new AbortController();
  const reader = await TimelineReader.open({ place, name: "delay", signal: stop.signal });
  const playback = new Playback({ machine: startGame(START), frames: reader.frames });
  const clock = new PlaybackClock({ rate: RATE, delayFrames: 2 });
  const playedAt: number[] = [];
  const delays: number[] = [];
  const watching = setInterval(() => {
    const before = playback.tick;
    playback.advance(clock.live(performance.now(), playback.waiting));
    for (let tick = before; tick < playback.tick; tick++) delays.push(performance.now() - playedAt[tick]!);
  }, 8);
  const bot = new Bot(Math.random);
  await atRate(60, () => {
    recording.play(bot.command(doom));
    playedAt.push(performance.now());
  });
  await recording.flush();
  clearInterval(watching);
  stop.abort();
  const bytes = (reader.frames.length * reader.format.frameBytes) / (reader.frames.length / RATE / 60);
  console.log(`frames of a minute of play: ${bytes} bytes`);
  console.log(
    `delay of a watcher on this machine: p50 ${quantile(delays, 0.5).toFixed(0)} ms, p95 ${quantile(delays, 0.95).toFixed(0)} ms, p99 ${quantile(delays, 0.99).toFixed(0)} ms`,
  );
  expect(delays.length).toBeGreaterThan(1_000);
});

test("a seek to any point of an hour", async () => {
  const { doom, recording } = await newSession("hour");
  const random = new Random(1);
  const bot = new Bot(() => random.next());
  const truth = new Map<number, number>();
  while (doom.tick < HOUR) {
    recording.play(bot.command(doom) ?? RESTING);
    if (doom.tick % 501 === 0) truth.set(doom.tick, doom.hash());
    if (doom.tick % SNAPSHOT_EVERY === 0) await recording.flush();
  }
  await recording.flush();
  const snapshots = new Snapshots(place, "hour");
  await expect
    .poll(async () => {
      await snapshots.follow({ signal: AbortSignal.timeout(30_000), live: false });
      return snapshots.ticks.length;
    })
    .toBe(HOUR / SNAPSHOT_EVERY);
  const started = performance.now();
  const reader = await TimelineReader.open({
    place,
    name: "hour",
    signal: AbortSignal.timeout(300_000),
    live: false,
  });
  console.log(
    `all frames of the hour, read: ${(performance.now() - started).toFixed(0)} ms, ${reader.frames.length * 9} bytes`,
  );
  const playback = new Playback({ machine: startGame(START), frames: reader.frames, snapshots });
  const points = [...truth.keys()];
  const seeks: number[] = [];
  const cpu: number[] = [];
  for (let count = 0; count < 60; count++) {
    const tick = random.pick(points);
    const [began, used] = [performance.now(), process.cpuUsage()];
    await playback.seek(tick);
    seeks.push(performance.now() - began);
    const { user, system } = process.cpuUsage(used);
    cpu.push((user + system) / 1_000);
    expect(playback.machine.hash()).toBe(truth.get(tick));
  }
  console.log(
    `CPU time of a seek: p50 ${quantile(cpu, 0.5).toFixed(0)} ms, p95 ${quantile(cpu, 0.95).toFixed(0)} ms`,
  );
  console.log(
    `a seek to a random moment of an hour: p50 ${quantile(seeks, 0.5).toFixed(0)} ms, p95 ${quantile(seeks, 0.95).toFixed(0)} ms, longest ${Math.max(...seeks).toFixed(0)} ms`,
  );
});

test("a thousand watchers of one session", async () => {
  const { doom, recording } = await newSession("crowd");
  const crowd = fork(new URL("watchers.mjs", import.meta.url), [
    `${String(place.streamsUrl)}/crowd`,
    String(WATCHERS),
  ]);
  await once(crowd, "message");
  const before = cpuSeconds(server.pid!);
  const began = performance.now();
  const bot = new Bot(Math.random);
  await atRate(20, () => recording.play(bot.command(doom)));
  const cores = (cpuSeconds(server.pid!) - before) / ((performance.now() - began) / 1_000);
  await recording.flush();
  crowd.send("count");
  const [counts] = (await once(crowd, "message")) as [{ least: number; events: number }];
  crowd.kill();
  console.log(
    `${WATCHERS} watchers: ${cores.toFixed(2)} of a core of the server, ${counts.events} events a watcher in 20 s`,
  );
  expect(counts.least).toBeGreaterThan(0);
});
