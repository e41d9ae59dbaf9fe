import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { AHEAD_BYTES } from "../../shard/shard-deps.ts";
import { HEADROOM_BYTES, type StoredBytes } from "../../stream/records.ts";
import { BodyBudget } from "../limits/body-budget.ts";
import type { Parsed } from "../problems.ts";
import { BodyReceiver } from "./body-receiver.ts";
import { GatheredBody } from "./gathered-body.ts";

function world(perBody: number, overall: number) {
  const budget = new BodyBudget(perBody, overall);
  const outcomes: Parsed<StoredBytes>[] = [];
  const settings = { announced: undefined, budget, timeoutMs: undefined };
  return { budget, outcomes, receiver: new BodyReceiver(settings, (outcome) => outcomes.push(outcome)) };
}

describe("a gathered body", () => {
  test("is what came, whatever the pieces and whatever was announced, in few parts that are nearly full", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 20_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.boolean(), (list, isAnnounced) => {
        const whole = Buffer.concat(list);
        const body = new GatheredBody(isAnnounced ? whole.length : undefined);
        for (const piece of list) body.add(piece);
        const { parts, byteLength } = body.bytes();
        expect(Buffer.concat(parts).equals(whole)).toBe(true);
        expect(byteLength).toBe(whole.length);
        expect(parts.length).toBeLessThanOrEqual(2 + Math.log2(1 + whole.length));
      }),
    );
  });
});

describe("a long gathered body", () => {
  test("whose length is announced is one part with headroom, and little is set aside before a share of it is there", () => {
    const whole = Buffer.alloc(3 * 1024 * 1024 + 7, "0123456789abcdef");
    const body = new GatheredBody(whole.length);
    const before = process.memoryUsage().arrayBuffers;
    body.add(whole.subarray(0, 1000));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300_000);
    for (let at = 1000; at < whole.length; at += 60_000) body.add(whole.subarray(at, at + 60_000));
    const { parts, byteLength, headroom } = body.bytes();
    expect([parts.length, byteLength, headroom]).toEqual([1, whole.length, HEADROOM_BYTES]);
    expect(whole.equals(parts[0]!)).toBe(true);
    expect(parts[0]!.byteOffset).toBe(HEADROOM_BYTES);
  });
});

describe("receiving a long body", () => {
  const LONG = AHEAD_BYTES + 1;

  test("waits once for room, and the time for it begins anew then", async () => {
    vi.useFakeTimers();
    let asked = 0;
    let come = (): void => {};
    const room = (): Promise<void> => {
      asked += 1;
      return new Promise((resolve) => {
        come = resolve;
      });
    };
    const budget = new BodyBudget(10 * LONG, 10 * LONG, room);
    const outcomes: Parsed<StoredBytes>[] = [];
    const receiver = new BodyReceiver({ announced: 2 * LONG, budget, timeoutMs: 1000 }, (outcome) =>
      outcomes.push(outcome),
    );
    expect(receiver.add(Buffer.alloc(1000))).toBeUndefined();
    const wait = receiver.add(Buffer.alloc(LONG));
    vi.advanceTimersByTime(100_000);
    expect([asked, outcomes]).toEqual([1, []]);
    come();
    await wait;
    expect(receiver.add(Buffer.alloc(1000))).toBeUndefined();
    vi.advanceTimersByTime(999);
    expect([asked, outcomes]).toEqual([1, []]);
    vi.advanceTimersByTime(1);
    expect(outcomes).toEqual([{ kind: "rejected", rejection: { kind: "request-timeout" } }]);
    vi.useRealTimers();
  });
});

describe("receiving a body", () => {
  test("counts what has arrived, and gives it back when it is released", () => {
    const { budget, outcomes, receiver } = world(100, 100);
    receiver.add(Buffer.alloc(30));
    receiver.add(Buffer.alloc(30));
    expect(budget.held).toBe(60);
    receiver.end();
    expect(outcomes).toMatchObject([{ value: { byteLength: 60 } }]);
    expect(budget.held).toBe(60);
    receiver.release();
    receiver.release();
    expect(budget.held).toBe(0);
  });

  test.each([
    { perBody: 50, overall: 100, kind: "body-too-large" },
    { perBody: 100, overall: 50, kind: "bodies-over-budget" },
  ])("is refused once, as $kind, and what comes then is dropped", ({ perBody, overall, kind }) => {
    const { budget, outcomes, receiver } = world(perBody, overall);
    for (let count = 0; count < 3; count++) receiver.add(Buffer.alloc(30));
    receiver.end();
    receiver.giveUp({ kind: "request-timeout" });
    expect(outcomes).toMatchObject([{ rejection: { kind } }]);
    expect([budget.held, receiver.isSettled]).toEqual([0, true]);
  });
});
