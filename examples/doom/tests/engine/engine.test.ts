/** The engine: the same frames come to the same game, wherever and however often. Runs in `npm test` where the engine is built. */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { Random, replayOf, Seeds } from "@perennial/testing";
import { expect, test } from "vitest";
import { Bot } from "../../shared/bot.ts";
import { encodeFrame, RESTING, SNAPSHOT_EVERY } from "../../shared/commands.ts";
import type { Doom } from "../../shared/engine/doom.ts";
import { startGame } from "../support/engine.ts";

/** A session of two minutes that the bot played once: frames by gzip and base64, and hashes along the way. */
interface Recorded {
  readonly frames: string;
  readonly hashes: readonly (readonly [tick: number, hash: number])[];
}

const FILE = new URL("recorded.json", import.meta.url);
const RECORDED_SEED = 7;

/** Frames of a bot whose chances follow from a seed. */
function botFrames(doom: Doom, seed: number, ticks: number): Uint8Array[] {
  const random = new Random(seed);
  const bot = new Bot(() => random.next());
  return Array.from({ length: ticks }, () => {
    const frame = encodeFrame(bot.command(doom), doom.randomIndex);
    doom.step(frame);
    return frame;
  });
}

function play(doom: Doom, frames: readonly Uint8Array[]): void {
  for (const frame of frames) doom.step(frame);
}

/** `PERENNIAL_WRITE_RECORDING=1` records it anew, say for another version of the engine. */
function record(): void {
  const doom = startGame();
  const frames: Uint8Array[] = [];
  const hashes: [number, number][] = [];
  for (let part = 0; part < 12; part++) {
    frames.push(...botFrames(doom, RECORDED_SEED + part, 350));
    hashes.push([doom.tick, doom.hash()]);
  }
  const packed = gzipSync(Buffer.concat(frames), { level: 9 }).toString("base64");
  writeFileSync(FILE, `${JSON.stringify({ frames: packed, hashes })}\n`);
}

test("a recorded session replays to the hashes that it had when it was recorded", () => {
  if (process.env.PERENNIAL_WRITE_RECORDING === "1") record();
  const recorded = JSON.parse(readFileSync(FILE, "utf8")) as Recorded;
  const bytes = gunzipSync(Buffer.from(recorded.frames, "base64"));
  const doom = startGame();
  const found = recorded.hashes.map(([tick]) => {
    while (doom.tick < tick) doom.step(bytes.subarray(doom.tick * 9, doom.tick * 9 + 9));
    return [tick, doom.hash()];
  });
  expect(found).toEqual(recorded.hashes);
  expect(doom.strays).toBe(0);
  expect(doom.player().kills).toBeGreaterThan(0);
});

test("drawing, the map and the bot's looks change nothing of the game", () => {
  const one = startGame();
  const frames = botFrames(one, 1, 1_500);
  const other = startGame();
  frames.forEach((frame, at) => {
    other.step(frame);
    if (at % 3 === 0) other.draw();
    if (at % 500 === 0) other.toggleMap();
  });
  expect(other.hash()).toBe(one.hash());
  expect(other.strays).toBe(0);
});

test("a state that was saved goes on in another engine as in its own", () => {
  const one = startGame();
  botFrames(one, 2, 1_000);
  const state = one.save();
  const rest = botFrames(one, 3, 1_000);
  const other = startGame();
  botFrames(other, 9, 333);
  expect(other.load(state)).toBe(true);
  play(other, rest);
  expect([other.tick, other.hash()]).toEqual([one.tick, one.hash()]);
});

test("a state that is none is refused, and another game is noticed by its random numbers", () => {
  const doom = startGame();
  for (const length of [0, 65_536, doom.save().length - 1, 200 * 1_024 * 1_024])
    expect(doom.load(new Uint8Array(length))).toBe(false);
  const other = startGame();
  const frames = botFrames(other, 4, 200);
  doom.step(encodeFrame({ ...RESTING, fire: true }, doom.randomIndex));
  play(doom, frames);
  expect(doom.strays).toBeGreaterThan(0);
});

test("frames of a stranger do no more than a player could", () => {
  for (const seed of new Seeds(2)) {
    console.log(replayOf(seed));
    const random = new Random(seed);
    const doom = startGame();
    const frame = new Uint8Array(9);
    for (let tick = 0; tick < 700; tick++) {
      for (let at = 0; at < 9; at++) frame[at] = random.below(256);
      doom.step(frame);
    }
    expect(doom.tick).toBe(700);
  }
});

test("the engine runs far faster than the game: two minutes are a moment", () => {
  const doom = startGame();
  const frames = botFrames(doom, 5, SNAPSHOT_EVERY);
  const again = startGame();
  play(again, frames);
  expect(again.hash()).toBe(doom.hash());
});
