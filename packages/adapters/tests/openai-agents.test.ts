/** Beside the SDK's own session in memory: the same calls give the same. */
import { type AgentInputItem, MemorySession, type Session } from "@openai/agents-core";
import { DurableSession } from "@perennial/adapters/openai-agents";
import { runs } from "@perennial/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { serving } from "./support.ts";

const place = serving();
const item = (n: number): AgentInputItem => ({ type: "message", role: "user", content: `number ${n}` });

type Call = (session: Session) => Promise<unknown>;

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.array(fc.nat(9), { maxLength: 3 }).map(
    (ns): Call =>
      (session) =>
        session.addItems(ns.map(item)),
  ),
  fc.option(fc.integer({ min: -1, max: 5 }), { nil: undefined }).map(
    (limit): Call =>
      (session) =>
        session.getItems(limit),
  ),
  fc.constant<Call>((session) => session.popItem()),
  fc.constant<Call>((session) => session.clearSession()),
);

test("any calls give what the session in memory gives", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
      const sessions: Session[] = [
        new MemorySession({ sessionId: "s" }),
        new DurableSession({ ...place(), sessionId: "s" }),
      ];
      const [memory, ours] = await Promise.all(
        sessions.map(async (session) => {
          const results: unknown[] = [await session.getSessionId()];
          for (const each of calls) results.push(await each(session));
          return [...results, await session.getItems()];
        }),
      );
      expect(ours).toEqual(memory);
    }),
    { numRuns: runs(40) },
  );
});

test("two processes use one session, and of two that take the last item each gets another", async () => {
  const at = { ...place(), sessionId: "shared" };
  const [one, two] = [new DurableSession(at), new DurableSession(at)];
  await one.addItems([item(1), item(2), item(3)]);
  const popped = await Promise.all([one.popItem(), two.popItem()]);
  expect(popped).toEqual(expect.arrayContaining([item(2), item(3)]));
  expect(await two.getItems()).toEqual([item(1)]);
  await two.replaceHistoryWithCompaction([item(9)]);
  expect(await one.getItems()).toEqual([item(9)]);
});

test("what others wrote into its stream, and is no entry, is passed over", async () => {
  const at = place();
  const session = new DurableSession({ ...at, sessionId: "s" });
  await session.addItems([item(1)]);
  const bad = [
    null,
    1,
    "x",
    [],
    {},
    { type: "add" },
    { type: "add", items: 5 },
    { type: "pop" },
    { type: "replace" },
  ];
  await fetch(`${at.streamsUrl}/s`, {
    ...{ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(bad) },
  });
  await session.addItems([item(2)]);
  expect(await session.getItems()).toEqual([item(1), item(2)]);
});

test("answers of the server that are lost double nothing", async () => {
  let count = 0;
  const flaky: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method === "POST" && count++ % 2 === 0) throw new TypeError("fetch failed");
    return response;
  };
  const session = new DurableSession({ ...place(), fetch: flaky });
  for (const n of [1, 2, 3]) await session.addItems([item(n)]);
  expect(await session.getItems()).toEqual([item(1), item(2), item(3)]);
});
