import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StoredBytes } from "../../stream/records.ts";
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
