/** What a PubSub of Mastra does: held against theirs, which is in memory, and ours. */

import type { DurablePubSub, EventCallback, PubSubEvent } from "@perennial/adapters/mastra";
import { expect, test } from "vitest";

/** A PubSub, as tests use it. */
export type PubSubUnderTest = Pick<
  DurablePubSub,
  | "publish"
  | "subscribe"
  | "unsubscribe"
  | "close"
  | "acquireLease"
  | "getLeaseOwner"
  | "releaseLease"
  | "renewLease"
  | "transferLease"
>;

export const newTopic = () => `workflow.events/${crypto.randomUUID()}`;
export const event = (n: number) => ({ type: "step", runId: "r", data: { n } });

/** A subscriber that remembers, and says that it is done. */
export function listener(): { seen: PubSubEvent[]; numbers: () => number[]; hear: EventCallback } {
  const seen: PubSubEvent[] = [];
  const hear: EventCallback = async (told, ack) => {
    seen.push(told);
    await ack?.();
  };
  return { seen, numbers: () => seen.map(({ data }) => data.n), hear };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** The tests of the contract. @param make - one that nobody has used */
export function contract(make: () => PubSubUnderTest): void {
  test("every subscriber is told every event, in order, from then on", async () => {
    const [pubsub, topic] = [make(), newTopic()];
    const [ada, grace] = [listener(), listener()];
    await pubsub.subscribe(topic, ada.hear);
    await pubsub.publish(topic, event(0));
    await pubsub.subscribe(topic, grace.hear);
    for (const n of [1, 2, 3]) await pubsub.publish(topic, event(n));
    await expect.poll(ada.numbers).toEqual([0, 1, 2, 3]);
    await expect.poll(grace.numbers).toEqual([1, 2, 3]);
    expect(ada.seen[0]).toMatchObject({ ...event(0), id: expect.any(String), createdAt: expect.any(Date) });
    await pubsub.unsubscribe(topic, ada.hear);
    await pubsub.publish(topic, event(4));
    await expect.poll(grace.numbers).toEqual([1, 2, 3, 4]);
    expect(ada.numbers()).toEqual([0, 1, 2, 3]);
    await pubsub.close();
  });

  test("of a group one member is told each event, beside those who are in none", async () => {
    const [pubsub, topic] = [make(), newTopic()];
    const [one, two, alone] = [listener(), listener(), listener()];
    await pubsub.subscribe(topic, alone.hear);
    for (const { hear } of [one, two]) await pubsub.subscribe(topic, hear, { group: "workers" });
    for (const n of upTo(10)) await pubsub.publish(topic, event(n));
    await expect.poll(alone.numbers).toEqual(upTo(10));
    const both = () => [...one.numbers(), ...two.numbers()].toSorted((a, b) => a - b);
    await expect.poll(both).toEqual(upTo(10));
    for (const { seen } of [one, two]) expect(seen.length).toBeGreaterThan(0);
    await pubsub.close();
  });

  test("an event that a member gives back is told again", async () => {
    const [pubsub, topic] = [make(), newTopic()];
    const attempts: (number | undefined)[] = [];
    const hear: EventCallback = async ({ deliveryAttempt }, ack, nack) => {
      attempts.push(deliveryAttempt);
      await (attempts.length < 3 ? nack : ack)?.();
    };
    await pubsub.subscribe(topic, hear, { group: "workers" });
    await pubsub.publish(topic, event(0));
    await expect.poll(() => attempts).toEqual([1, 2, 3]);
    await pubsub.close();
  });

  test("a subscriber that throws keeps nobody from anything", async () => {
    const [pubsub, topic, after] = [make(), newTopic(), listener()];
    await pubsub.subscribe(topic, async () => {
      throw new Error("a mistake");
    });
    await pubsub.subscribe(topic, after.hear);
    for (const n of [0, 1]) await pubsub.publish(topic, event(n));
    await expect.poll(after.numbers).toEqual([0, 1]);
    await pubsub.close();
  });

  test("a lease has one owner, until it is over, given back or handed on", async () => {
    const [pubsub, key] = [make(), newTopic()];
    expect(await pubsub.acquireLease(key, "ada", 60_000)).toEqual({ acquired: true, owner: "ada" });
    expect(await pubsub.acquireLease(key, "ada", 60_000)).toEqual({ acquired: true, owner: "ada" });
    expect(await pubsub.acquireLease(key, "grace", 60_000)).toEqual({ acquired: false, owner: "ada" });
    expect(await pubsub.renewLease(key, "grace", 60_000)).toBe(false);
    expect(await pubsub.renewLease(key, "ada", 60_000)).toBe(true);
    expect(await pubsub.transferLease(key, "grace", "alan", 60_000)).toBe(false);
    expect(await pubsub.transferLease(key, "ada", "grace", 60_000)).toBe(true);
    await pubsub.releaseLease(key, "ada");
    expect(await pubsub.getLeaseOwner(key)).toBe("grace");
    await pubsub.releaseLease(key, "grace");
    expect(await pubsub.getLeaseOwner(key)).toBeUndefined();
    expect(await pubsub.acquireLease(key, "alan", 1)).toEqual({ acquired: true, owner: "alan" });
    await expect.poll(() => pubsub.getLeaseOwner(key)).toBeUndefined();
    expect(await pubsub.renewLease(key, "alan", 60_000)).toBe(false);
    await pubsub.close();
  });
}
