import { reject } from "@perennial/protocol";
import { PLAIN_SETTINGS } from "@perennial/testing/journal";
import { expect, test } from "vitest";
import { MemoryLog } from "../journal/memory/memory-log.ts";
import { splitJsonMessages } from "../stored/split.ts";
import type { CreateCommand, ForkRequest } from "../stream/commands.ts";
import { NO_BYTES } from "../stream/records.ts";
import { create } from "./create.ts";
import { remove } from "./remove.ts";
import { Shard } from "./shard.ts";

const SOURCE = "/v1/stream/source";
/** Enough for a count of its messages to give way several times. */
const MESSAGES = 200_000;

function command(path: string, text: string, fork?: ForkRequest): CreateCommand {
  const part = Buffer.from(text);
  return {
    ...PLAIN_SETTINGS,
    ...{ path, contentType: "application/json" },
    body: part.length === 0 ? NO_BYTES : { parts: [part], byteLength: part.length },
    framing: splitJsonMessages(part),
    fork,
  };
}

async function openShard(now = () => 0): Promise<Shard> {
  const log = new MemoryLog("test");
  const shard = new Shard({ log, now, random: () => 0, producersPerStream: 1, loadedStreams: 100 });
  await shard.open();
  return shard;
}

const messages = JSON.stringify(Array.from({ length: MESSAGES }, () => 1));
const fork: ForkRequest = { sourcePath: SOURCE, anchor: 0, subOffset: MESSAGES - 1 };

test("a fork whose source is made anew all the time is given up after a few attempts", async () => {
  const shard = await openShard();
  await create(shard, command(SOURCE, messages));
  let outcome: unknown;
  const forking = create(shard, command("/v1/stream/fork", "", fork)).then((settled) => {
    outcome = settled;
  });
  while (outcome === undefined) {
    // Whenever its messages are being counted, it is another one.
    if (shard.catalog.newest(SOURCE)!.pins > 0) {
      void remove(shard, SOURCE);
      void create(shard, command(SOURCE, messages));
    }
    await new Promise(setImmediate);
  }
  await forking;
  expect(outcome).toEqual({ kind: "rejected", rejection: { kind: "source-contended" } });
  expect(shard.catalog.newest(SOURCE)!.pins).toBe(0);
});

test("a source is held in memory while its messages are counted, and let go then", async () => {
  const shard = await openShard();
  await create(shard, command(SOURCE, messages));
  const source = shard.catalog.newest(SOURCE)!;
  const forking = create(shard, command("/v1/stream/fork", "", fork));
  await new Promise(setImmediate);
  expect(source.pins).toBe(1);
  expect(await forking).toMatchObject({ kind: "created", nextPosition: 2 * (MESSAGES - 1) });
  const refused = create(shard, command("/v1/stream/other", "", { ...fork, subOffset: MESSAGES + 1 }));
  expect(await refused).toMatchObject({ rejection: { kind: "fork-sub-offset-beyond-tail" } });
  expect(source.pins).toBe(0);
});

test("asking for a stream whose time is over records nothing; a command does", async () => {
  let now = 0;
  const shard = await openShard(() => now);
  await create(shard, { ...command(SOURCE, "[1]"), ttlSeconds: 1 });
  const stream = shard.catalog.newest(SOURCE)!;
  now = 2000;
  expect(shard.standing(SOURCE)).toEqual(reject({ kind: "stream-not-found" }));
  expect([stream.state.life, stream.unsettled]).toEqual(["live", undefined]);
  expect(await create(shard, command(SOURCE, "[2,3]"))).toMatchObject({ kind: "created", nextPosition: 4 });
  expect(stream.state.life).toBe("removed");
});

test("a fork that has expired with its source is no reason to keep it: the next one of its name finds no source", async () => {
  let now = 0;
  const shard = await openShard(() => now);
  await create(shard, { ...command(SOURCE, "[1]"), expiresAt: 5000 });
  const atTail = { sourcePath: SOURCE, anchor: undefined, subOffset: 0 };
  expect((await create(shard, command("/v1/stream/fork", "", atTail))).kind).toBe("created");
  now = 6000;
  const again = await create(shard, command("/v1/stream/fork", "", atTail));
  expect(again).toMatchObject({ rejection: { kind: "source-not-found" } });
});
