/** Our PubSub by the contract, and what theirs cannot: history, several processes, and one that dies. Theirs, on demand: `oracles.mjs`. */
import { createDurablePubSub, type EventCallback } from "@perennial/adapters/mastra";
import { createServer } from "@perennial/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contract, event, listener, newTopic, type PubSubUnderTest } from "./pub-sub-contract.ts";

const server = createServer({ port: 0, drainMs: 0, longPollTimeoutMs: 500 });
beforeAll(() => server.start());
afterAll(() => server.stop());

/** A lease that runs out within a test. */
const LEASE_MS = 300;

/** As the host has it. */
abstract class PubSub {
  get supportsOffsets(): boolean {
    return false;
  }
  async clearTopic(_: string): Promise<void> {}
  protected onUnsupportedOffset(): void {}
}

const newPlace = () => `${server.url}/v1/stream/${crypto.randomUUID()}`;
const pubsubAt = (streamsUrl: string) =>
  createDurablePubSub(PubSub, { streamsUrl, onError: () => undefined });

describe("ours", () => contract(() => pubsubAt(newPlace())));

const { ORACLE_PUB_SUB } = process.env;
if (ORACLE_PUB_SUB) {
  const { EventEmitterPubSub } = await import(ORACLE_PUB_SUB);
  const logger = { error: () => undefined };
  describe("theirs", () => contract(() => new EventEmitterPubSub(undefined, { logger }) as PubSubUnderTest));
}

test("it is the host's class, and says what it can", () => {
  const pubsub = pubsubAt(newPlace());
  expect(pubsub).toBeInstanceOf(PubSub);
  expect(pubsub).toMatchObject({ supportsOffsets: true, supportsNativeBatching: false });
  expect(pubsub.supportedModes).toEqual(["pull"]);
});

test("events have their places in the topic, and can be had again from any", async () => {
  const place = newPlace();
  const [here, there, topic] = [pubsubAt(place), pubsubAt(place), newTopic()];
  const live = listener();
  for (const n of [0, 1]) await here.publish(topic, event(n));
  await here.subscribe(topic, live.hear);
  for (const n of [2, 3]) await there.publish(topic, event(n));
  const history = await there.getHistory(topic);
  expect(history.map(({ data, index }) => [data.n, index])).toEqual([0, 1, 2, 3].map((n) => [n, n]));
  expect((await there.getHistory(topic, 3)).map(({ index }) => index)).toEqual([3]);
  const [all, some] = [listener(), listener()];
  await there.subscribeWithReplay(topic, all.hear);
  await there.subscribeFromOffset(topic, 2, some.hear);
  await here.publish(topic, event(4));
  await expect.poll(all.numbers).toEqual([0, 1, 2, 3, 4]);
  await expect.poll(some.numbers).toEqual([2, 3, 4]);
  await expect.poll(live.numbers).toEqual([2, 3, 4]);
  expect(live.seen.map(({ index }) => index)).toEqual([2, 3, 4]);
  await here.clearTopic(topic);
  await here.clearTopic(topic);
  expect(await there.getHistory(topic)).toEqual([]);
  await Promise.all([here.close(), there.close()]);
});

test("what is for this process alone is told here, and nowhere stored", async () => {
  const place = newPlace();
  const [here, there, topic] = [pubsubAt(place), pubsubAt(place), newTopic()];
  const [near, member, far] = [listener(), listener(), listener()];
  await here.subscribe(topic, near.hear);
  await here.subscribe(topic, member.hear, { group: "g" });
  await there.subscribe(topic, far.hear);
  await here.publish(topic, event(0), { localOnly: true });
  await here.publish(topic, event(1));
  await expect.poll(far.numbers).toEqual([1]);
  await expect.poll(near.numbers).toEqual([0, 1]);
  await expect.poll(member.numbers).toEqual([0, 1]);
  expect(await there.getHistory(topic)).toHaveLength(1);
  await Promise.all([here.close(), there.close()]);
});

test("a group is one over all processes, begins with what was there, and goes on where another process left", async () => {
  const place = newPlace();
  const [here, there, topic] = [pubsubAt(place), pubsubAt(place), newTopic()];
  const [one, two] = [listener(), listener()];
  for (const n of [0, 1]) await here.publish(topic, event(n));
  await here.subscribe(topic, one.hear, { group: "workers" });
  await expect.poll(one.numbers).toEqual([0, 1]);
  await there.subscribe(topic, two.hear, { group: "workers" });
  for (const n of [2, 3]) await there.publish(topic, event(n));
  await expect.poll(() => [...one.numbers(), ...two.numbers()].toSorted()).toEqual([0, 1, 2, 3]);
  await here.unsubscribe(topic, one.hear);
  for (const n of [4, 5]) await here.publish(topic, event(n));
  await expect.poll(() => [...one.numbers(), ...two.numbers()].toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  await Promise.all([here.close(), there.close()]);
});

test("what a process had in hand that fell silent is told another one", async () => {
  const place = newPlace();
  let isCut = false;
  const silent: typeof fetch = (input, init) =>
    isCut ? Promise.reject(new TypeError("cut off")) : fetch(input, init);
  const dying = createDurablePubSub(PubSub, {
    ...{ streamsUrl: place, leaseMs: LEASE_MS, fetch: silent, onError: () => undefined },
    backoffOptions: { maxRetries: 0 },
  });
  const [there, topic] = [pubsubAt(place), newTopic()];
  const inHand: number[] = [];
  const keep: EventCallback = ({ data }) => void inHand.push(data.n);
  await dying.subscribe(topic, keep, { group: "workers" });
  for (const n of [0, 1]) await there.publish(topic, event(n));
  await expect.poll(() => inHand).toEqual([0, 1]);
  isCut = true;
  const two = listener();
  await there.subscribe(topic, two.hear, { group: "workers" });
  await expect.poll(two.numbers, { timeout: 10_000 }).toEqual([0, 1]);
  await Promise.all([dying.close(), there.close()]);
});

test("of many that want a lease at once one gets it", async () => {
  const [place, key] = [newPlace(), newTopic()];
  const owners = Array.from({ length: 8 }, (_, n) => `owner ${n}`);
  const all = await Promise.all(owners.map((owner) => pubsubAt(place).acquireLease(key, owner, 60_000)));
  const won = owners.filter((_, n) => all[n]!.acquired);
  expect(won).toHaveLength(1);
  expect(new Set(all.map(({ owner }) => owner))).toEqual(new Set(won));
});
