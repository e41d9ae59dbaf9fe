/** Sessions of strangers, on the real server: what is wrong with them is found, and said. */
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";
import { Random } from "@perennial/testing";
import { createTimeline, HashTrail, Snapshots, type TimelinePlace } from "@perennial/timeline";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { Bot } from "../../shared/bot.ts";
import type { Doom } from "../../shared/engine/doom.ts";
import { Recording } from "../../shared/recording.ts";
import { formatOf } from "../../shared/sessions.ts";
import { Game } from "../../src/worker/game.ts";
import type { Surroundings } from "../../src/worker/surroundings.ts";
import { startGame } from "../support/engine.ts";

const START = { skill: 2, map: 1 };
const server = createServer({ port: 0, drainMs: 0 });
let count = 0;

beforeAll(() => server.start());
afterAll(() => server.stop());

const newPlace = (): TimelinePlace => ({ streamsUrl: `${server.url}/v1/stream/games/${count++}` });

/** A session that the bot played. @returns the engine as it was in the end */
async function played(place: TimelinePlace, ticks: number): Promise<Doom> {
  await createTimeline(place, "one", formatOf(START));
  const doom = startGame(START);
  const random = new Random(3);
  const bot = new Bot(() => random.next());
  const recording = new Recording({
    ...{ place, name: "one", doom, ttlSeconds: undefined },
    onEnd: (error) => {
      throw error;
    },
  });
  while (doom.tick < ticks) recording.play(bot.command(doom));
  await recording.detach();
  const trail = new HashTrail(place, "one");
  await expect
    .poll(async () => {
      await trail.follow({ signal: AbortSignal.timeout(10_000), live: false });
      return trail.size;
    })
    .toBe(Math.floor(ticks / 70));
  return doom;
}

async function openOne(place: TimelinePlace): Promise<{ readonly game: Game; readonly problems: string[] }> {
  const problems: string[] = [];
  const around: Surroundings = {
    ...{ place, startEngine: startGame, show: () => {} },
    problem: (text) => problems.push(text),
  };
  const game = await Game.open(around, { name: "one", isMine: false }, new AbortController().signal);
  onTestFinished(() => game.close());
  return { game, problems };
}

test("a watcher comes to the player's state, and has compared it", async () => {
  const place = newPlace();
  const doom = await played(place, 2_100);
  const { game } = await openOne(place);
  expect([game.tick, game.doom.hash(), game.mode]).toEqual([2_100, doom.hash(), "live"]);
  await expect
    .poll(() => {
      game.checks.compare();
      return game.checks.count;
    })
    .toBe(30);
  expect(game.checks.differs).toBe(false);
});

test("a snapshot that lies is found by a hash, and the session is played from its frames", async () => {
  const place = newPlace();
  const doom = await played(place, 2_100);
  const liar = startGame(START);
  const bot = new Bot(() => 0.5);
  const frame = new Uint8Array(9);
  while (liar.tick < 1_500) {
    const { forward, turn } = bot.command(liar);
    frame.set([forward, 0, turn, turn >> 8]);
    liar.step(frame);
  }
  await new Snapshots(place, "one").publish(1_500, liar.save());
  const { game } = await openOne(place);
  const check = async (): Promise<number> => {
    await game.seek(1_600);
    await game.seek(2_100);
    return game.doom.hash();
  };
  await expect.poll(check).toBe(doom.hash());
  expect(game.checks.differs).toBe(false);
});

test("a watcher that differs says so, and is not forked", async () => {
  const place = newPlace();
  await played(place, 700);
  await new HashTrail(place, "one").record(700, 1);
  const { game } = await openOne(place);
  await expect
    .poll(() => {
      game.checks.compare();
      return game.checks.differs;
    })
    .toBe(true);
  await expect(game.fork()).rejects.toThrow(/differs/);
});

test.each([
  ["another kind", { kind: "pong", frameBytes: 9, rate: 35, about: START }],
  ["frames of another length", { kind: "doom", frameBytes: 8, rate: 35, about: START }],
  ["a level that there is not", { kind: "doom", frameBytes: 9, rate: 35, about: { skill: 2, map: 99 } }],
])("a timeline of %s is no session", async (_, format) => {
  const place = newPlace();
  await createTimeline(place, "one", format);
  await expect(openOne(place)).rejects.toThrow(/no session of this game/);
});

test("minutes of frames that come at once are played in pieces, and what is too long is refused", async () => {
  const place = newPlace();
  await createTimeline(place, "one", formatOf(START));
  const { game, problems } = await openOne(place);
  const frames = new DurableStream({
    ...{ url: `${place.streamsUrl}/one`, contentType: "application/octet-stream", warnOnHttp: false },
  });
  await frames.append(new Uint8Array(9 * 21_000));
  await expect.poll(() => game.length).toBe(21_000);
  game.look(1);
  expect(game.mode).toBe("seeking");
  await expect.poll(() => game.mode, { timeout: 80_000 }).toBe("live");
  expect(game.tick).toBe(21_000);
  for (let part = 0; part < 5; part++) await frames.append(new Uint8Array(999_999));
  await expect.poll(() => problems).toEqual([expect.stringMatching(/more than 4000000 bytes/)]);
  expect(game.mode).toBe("ended");
});
