/** Our runner by the contract, and what theirs cannot: several processes, and one that dies. Theirs, on demand: `oracles.mjs`. */

import { DurableAgentRunner } from "@perennial/adapters/copilotkit";
import { appendToSession, openSession, VANISHED } from "@perennial/ai";
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";
import { Observable } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type AgentEvent,
  connected,
  contract,
  END,
  finished,
  HandAgent,
  newThread,
  type Runner,
  START,
  started,
  told,
  word,
} from "./agent-runner-contract.ts";

const server = createServer({ port: 0, drainMs: 0, longPollTimeoutMs: 500 });
beforeAll(() => server.start());
afterAll(() => server.stop());

/** A lease that runs out within a test. */
const LEASE_MS = 400;
const place = () => ({ streamsUrl: `${server.url}/v1/stream/${crypto.randomUUID()}` });
const runnerAt = (at: { streamsUrl: string }) =>
  new DurableAgentRunner({ ...at, leaseMs: LEASE_MS, Observable: Observable<AgentEvent> });

describe("ours", () => contract(() => runnerAt(place())));

const { ORACLE_AGENT_RUNNER } = process.env;
if (ORACLE_AGENT_RUNNER) {
  const { InMemoryAgentRunner } = await import(ORACLE_AGENT_RUNNER);
  describe("theirs", () => contract(() => new InMemoryAgentRunner() as Runner));
}

test("another process sees a run, is told its events, refuses a second one, and stops it", async () => {
  const at = place();
  const [here, there, threadId, agent] = [runnerAt(at), runnerAt(at), newThread(), new HandAgent()];
  const run = told(here.run({ threadId, agent, input: { runId: "r1", messages: [] } }));
  await agent.say(started("r1"), START, word("Hel"));
  await expect.poll(() => there.isRunning({ threadId })).toBe(true);
  const joined = told(there.connect({ threadId }));
  const second = told(there.run({ threadId, agent: new HandAgent(), input: { runId: "r2", messages: [] } }));
  await expect(second.over).rejects.toThrow("Thread already running");
  await expect.poll(() => joined.events.length).toBe(3);
  expect(await there.stop({ threadId })).toBe(true);
  await Promise.all([run.over, joined.over]);
  expect(agent.isAborted).toBe(true);
  expect(joined.events).toEqual(run.events);
  expect(await connected(there, threadId)).toEqual(await connected(here, threadId));
});

test("of two processes that begin at once one runs", async () => {
  const at = place();
  const threadId = newThread();
  const agents = [new HandAgent(), new HandAgent()];
  const runs = agents.map((agent, n) =>
    told(runnerAt(at).run({ threadId, agent, input: { runId: `r${n}`, messages: [] } })),
  );
  for (const [n, agent] of agents.entries())
    void agent.say(started(`r${n}`), finished(`r${n}`)).then(() => agent.end());
  const ends = await Promise.allSettled(runs.map(({ over }) => over));
  const ran = ends.filter(({ status }) => status === "fulfilled").length;
  expect(ran).toBeGreaterThan(0);
  const stored = (await connected(runnerAt(at), threadId)).filter(({ type }) => type === "RUN_STARTED");
  expect(stored).toHaveLength(ran);
});

test("an agent that ignores a stop is not waited for", async () => {
  const [runner, threadId, agent] = [runnerAt(place()), newThread(), new HandAgent()];
  agent.abortRun = () => undefined;
  const run = told(runner.run({ threadId, agent, input: { runId: "r1", messages: [] } }));
  await agent.say(started("r1"), START);
  expect(await runner.stop({ threadId })).toBe(true);
  await run.over;
  expect(run.events.slice(2)).toEqual([END, { type: "RUN_FINISHED" }]);
});

test("a run whose process was killed ends with an error, for readers now and later, and the thread is free", async () => {
  const at = place();
  const threadId = newThread();
  const thread = { url: `${at.streamsUrl}/threads/${encodeURIComponent(threadId)}` };
  const run = { url: `${thread.url}/r1` };
  // What such a process leaves.
  await openSession(thread);
  await appendToSession(thread, { type: "begun", id: "r1", url: run.url });
  const left = new DurableStream({ ...run, contentType: "application/json", warnOnHttp: false });
  const note = { type: "CUSTOM", name: "perennial.writer", value: { writer: "killed", leaseMs: LEASE_MS } };
  const call = { type: "TOOL_CALL_START", toolCallId: "c", toolCallName: "look" };
  await left.create({ body: JSON.stringify(note) });
  for (const event of [started("r1"), call]) await left.append(JSON.stringify(event));

  const runner = runnerAt(at);
  const now = told(runner.connect({ threadId }));
  await now.over;
  expect(now.events.map(({ type }) => type)).toEqual([
    ...["RUN_STARTED", "TOOL_CALL_START", "TOOL_CALL_END", "TOOL_CALL_RESULT", "RUN_ERROR"],
  ]);
  expect(now.events.at(-1)).toMatchObject({ message: VANISHED });
  await expect.poll(() => runner.isRunning({ threadId }), { timeout: 10_000 }).toBe(false);
  expect(await connected(runnerAt(at), threadId)).toEqual(now.events);
  const agent = new HandAgent();
  const next = told(runner.run({ threadId, agent, input: { runId: "r2", messages: [] } }));
  await agent.say(started("r2"), finished("r2"));
  agent.end();
  await next.over;
});

test("what others left in a thread that is no event keeps nobody from it", async () => {
  const at = place();
  const threadId = newThread();
  const thread = { url: `${at.streamsUrl}/threads/${encodeURIComponent(threadId)}` };
  await openSession(thread);
  for (const message of [{ id: "no events" }, { id: "none", events: [null, 5, {}, started("none")] }])
    await appendToSession(thread, { type: "over", id: message.id, end: "completed", message });
  await appendToSession(thread, { type: "begun", id: "r1", url: "/r1" });
  const left = new DurableStream({
    url: `${thread.url}/r1`,
    contentType: "application/json",
    warnOnHttp: false,
  });
  await left.create({ body: JSON.stringify([null, 7, "x", started("r1")]) });
  await left.close();
  const runner = runnerAt(at);
  expect(await connected(runner, threadId)).toEqual([started("none"), started("r1")]);
  const agent = new HandAgent();
  const run = told(runner.run({ threadId, agent, input: { runId: "r2", messages: [null] } }));
  await agent.say(finished("r2"));
  agent.end();
  await run.over;
  expect((await connected(runner, threadId)).at(-1)).toEqual(finished("r2"));
});

test("a run that is sent twice is carried out once", async () => {
  const [runner, threadId] = [runnerAt(place()), newThread()];
  for (const n of [1, 2]) {
    const agent = new HandAgent();
    const run = told(runner.run({ threadId, agent, input: { runId: "r1", messages: [] } }));
    if (n === 2) await expect(run.over).rejects.toThrow("carried out before");
    else {
      await agent.say(started("r1"), finished("r1"));
      agent.end();
      await run.over;
    }
  }
});
