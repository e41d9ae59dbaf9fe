/**
 * Three peers write at random over a network that refuses, loses answers, repeats, reorders and cuts; the server in front of the
 * streams compacts, and is killed and replaced, at any moment. However it went: once the network heals, all documents
 * are equal, nothing waits for anything, and the server has it all.
 */

import { setTimeout as delay } from "node:timers/promises";
import { Random, replayOf, Seeds } from "@perennial/testing";
import type { YjsProvider } from "@perennial/yjs";
import { YjsServer } from "@perennial/yjs/server";
import { expect, it } from "vitest";
import * as Y from "yjs";
import { World } from "./support/world.ts";

const STEPS = 60;
const PEERS = 3;
type Fault = "none" | "refuse" | "lose" | "repeat" | "late" | "cut";
const FAULTS: Readonly<Record<Fault, number>> = { none: 12, refuse: 1, lose: 1, repeat: 1, late: 2, cut: 1 };
type Step = "insert" | "remove" | "set" | "push" | "offline" | "online" | "compact" | "restart" | "wait";
const STEP_WEIGHTS: Readonly<Record<Step, number>> = {
  ...{ insert: 20, remove: 6, set: 4, push: 4, offline: 2, online: 3, compact: 2, restart: 1, wait: 6 },
};

/** Spoils requests by the dice, while it is told to. */
function spoil(world: World, random: Random, isHealed: () => boolean): World["intercept"] {
  return async (request, pass) => {
    const fault = isHealed() ? "none" : random.weighted(FAULTS);
    if (fault === "refuse") throw new TypeError("refused");
    if (fault === "late") await delay(random.below(20));
    if (fault === "repeat") await (await world.yjs.fetch(request.clone())).body?.cancel();
    const response = await pass();
    if (fault === "lose") throw new TypeError("the answer was lost");
    return fault === "cut" ? cutShort(response, random.below(200)) : response;
  };
}

function cutShort(response: Response, bytes: number): Response {
  let left = bytes;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (chunk.length > left) controller.error(new TypeError("the connection broke"));
      else controller.enqueue(chunk);
      left -= chunk.length;
    },
  });
  return new Response(response.body?.pipeThrough(cut) ?? null, response);
}

/** A server whose requests to the streams all fail once it was killed, in the middle of whatever it did. */
function mortal(world: World): { readonly yjs: YjsServer; kill(): void } {
  let isDead = false;
  const die = (): void => {
    if (isDead) throw new TypeError("killed");
  };
  const dsServer = {
    fetch: async (request: Request): Promise<Response> => {
      die();
      const response = await world.streams.fetch(request);
      die();
      return response;
    },
  };
  const logger = { info: () => undefined, warn: () => undefined };
  return {
    yjs: new YjsServer({ dsServer, compactionThreshold: 300, logger }),
    kill: () => {
      isDead = true;
    },
  };
}

function edit(random: Random, step: Step, { doc }: YjsProvider): void {
  const text = doc.getText("text");
  if (step === "insert") text.insert(random.below(text.length + 1), random.pick(["a", "bc", "def "]));
  if (step === "remove" && text.length > 0) text.delete(random.below(text.length), 1);
  if (step === "set") doc.getMap("map").set(random.pick(["x", "y"]), random.below(100));
  if (step === "push") doc.getArray("array").push([random.below(100)]);
}

const content = ({ doc }: { doc: Y.Doc }): unknown => ({
  text: doc.getText("text").toString(),
  map: doc.getMap("map").toJSON(),
  array: doc.getArray("array").toArray(),
  vector: [...Y.encodeStateVector(doc)],
});

async function live(seed: number): Promise<void> {
  const random = new Random(seed);
  const world = new World();
  let server = mortal(world);
  const killed: YjsServer[] = [world.yjs];
  world.yjs = server.yjs;
  let isHealed = false;
  world.intercept = spoil(world, random, () => isHealed);
  const peers = Array.from({ length: PEERS }, (_, index) =>
    world.open("d", { liveMode: index === 0 ? "long-poll" : "sse" }),
  );
  for (let count = 0; count < STEPS; count++) {
    const step = random.weighted(STEP_WEIGHTS);
    const peer = random.pick(peers);
    edit(random, step, peer);
    if (step === "offline") void peer.disconnect();
    if (step === "online") void peer.connect();
    if (step === "wait") await delay(random.below(30));
    if (step === "compact") void world.yjs.compactor.triggerCompaction("test", "d");
    if (step === "restart") {
      server.kill();
      killed.push(server.yjs);
      server = mortal(world);
      world.yjs = server.yjs;
    }
  }
  isHealed = true;
  for (const peer of peers) void peer.connect();
  const message = replayOf(seed);
  for (const peer of peers) await expect.poll(() => peer.synced, { message, timeout: 20_000 }).toBe(true);
  const reader = await world.opened("d");
  for (const peer of peers)
    await expect.poll(() => content(peer), { message, timeout: 20_000 }).toEqual(content(reader));
  for (const { doc } of [...peers, reader])
    expect((doc.store as { pendingStructs: unknown }).pendingStructs, message).toBeNull();
  await Promise.all(killed.map((each) => each.stop()));
  await world.close();
}

const seeds = new Seeds(6);
it(`peers end equal, whatever the network and the server do (${seeds})`, async () => {
  for (const seed of seeds) await live(seed);
}, 600_000);
