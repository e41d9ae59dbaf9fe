/** What a runner of CopilotKit does: held against theirs, which keeps all in memory, and ours. */
import type { Observable } from "rxjs";
import { expect, test } from "vitest";

/** An event of AG-UI. */
// biome-ignore lint/suspicious/noExplicitAny: events of all kinds
export type AgentEvent = Record<string, any>;

/** A runner, as tests use it. */
export interface Runner {
  // biome-ignore lint/suspicious/noExplicitAny: theirs wants the classes of AG-UI
  run(request: any): Observable<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  connect(request: { threadId: string }): Observable<any>;
  isRunning(request: { threadId: string }): Promise<boolean>;
  stop(request: { threadId: string; runId?: string }): Promise<boolean | undefined>;
}

/** An agent whose events a test gives, one by one. */
export class HandAgent {
  readonly agentId = "hand";
  readonly messages = [];
  isAborted = false;
  #onEvent: (event: AgentEvent) => void = () => undefined;
  #settle: (error?: Error) => void = () => undefined;
  readonly started: Promise<void>;
  #begin: () => void = () => undefined;

  constructor() {
    this.started = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  runAgent(_: unknown, { onEvent }: { onEvent: (params: { event: AgentEvent }) => void }): Promise<void> {
    this.#onEvent = (event) => onEvent({ event });
    this.#begin();
    return new Promise((resolve, reject) => {
      this.#settle = (error) => (error ? reject(error) : resolve());
    });
  }

  abortRun(): void {
    this.isAborted = true;
    this.#settle();
  }

  async say(...events: AgentEvent[]): Promise<this> {
    await this.started;
    for (const event of events) this.#onEvent(event);
    return this;
  }

  end(error?: Error): void {
    this.#settle(error);
  }
}

export const started = (runId: string): AgentEvent => ({ type: "RUN_STARTED", threadId: "t", runId });
export const finished = (runId: string): AgentEvent => ({ type: "RUN_FINISHED", threadId: "t", runId });
export const START = { type: "TEXT_MESSAGE_START", messageId: "m", role: "assistant" };
export const word = (delta: string): AgentEvent => ({ type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta });
export const END = { type: "TEXT_MESSAGE_END", messageId: "m" };

/** What an Observable tells, to its end. */
export function told(observable: Observable<AgentEvent>): { events: AgentEvent[]; over: Promise<void> } {
  const events: AgentEvent[] = [];
  const over = new Promise<void>((resolve, reject) => {
    observable.subscribe({ next: (event) => events.push(event), error: reject, complete: resolve });
  });
  over.catch(() => undefined);
  return { events, over };
}

/** All that a connection tells. */
export async function connected(runner: Runner, threadId: string): Promise<AgentEvent[]> {
  const { events, over } = told(runner.connect({ threadId }));
  await over;
  return events;
}

let count = 0;
export const newThread = () => `thread/${count++} ${crypto.randomUUID()}`;
const user = (id: string) => ({ id, role: "user", content: id });
const inputOf = (runId: string, ...messages: string[]) => ({ runId, messages: messages.map(user) });
const typesOf = (events: AgentEvent[]) => events.map(({ type }) => type);

/** The tests of the contract. @param make - a runner that knows no thread */
export function contract(make: () => Runner): void {
  test("who observes a run, and who connects later, is told its events in order", async () => {
    const [runner, threadId, agent] = [make(), newThread(), new HandAgent()];
    const run = told(runner.run({ threadId, agent, input: inputOf("r1", "q1") }));
    await agent.say(started("r1"), START, word("Hel"), word("lo"), END, finished("r1"));
    agent.end();
    await run.over;
    expect(typesOf(run.events)).toEqual([
      ...["RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_CONTENT"],
      ...["TEXT_MESSAGE_END", "RUN_FINISHED"],
    ]);
    expect(await runner.isRunning({ threadId })).toBe(false);
    const first = { ...started("r1"), input: inputOf("r1", "q1") };
    expect(await connected(runner, threadId)).toEqual([first, START, word("Hello"), END, finished("r1")]);
  });

  test("a later run stores only the messages that are new, and comes after the earlier ones", async () => {
    const [runner, threadId] = [make(), newThread()];
    for (const [runId, ...messages] of [
      ["r1", "q1"],
      ["r2", "q1", "q2"],
    ] as const) {
      const agent = new HandAgent();
      const run = told(runner.run({ threadId, agent, input: inputOf(runId, ...messages) }));
      await agent.say(started(runId), finished(runId));
      agent.end();
      await run.over;
    }
    expect(await connected(runner, threadId)).toEqual([
      ...[{ ...started("r1"), input: inputOf("r1", "q1") }, finished("r1")],
      ...[{ ...started("r2"), input: inputOf("r2", "q2") }, finished("r2")],
    ]);
  });

  test("who connects in the middle is told what was before, and the rest", async () => {
    const [runner, threadId, agent] = [make(), newThread(), new HandAgent()];
    const run = told(runner.run({ threadId, agent, input: inputOf("r1") }));
    await agent.say(started("r1"), START, word("Hel"));
    expect(await runner.isRunning({ threadId })).toBe(true);
    const joined = told(runner.connect({ threadId }));
    await expect.poll(() => joined.events.length).toBe(3);
    await agent.say(word("lo"), END, finished("r1"));
    agent.end();
    await Promise.all([run.over, joined.over]);
    expect(typesOf(joined.events)).toEqual(typesOf(run.events));
  });

  test("a thread has one run at a time", async () => {
    const [runner, threadId, agent] = [make(), newThread(), new HandAgent()];
    const run = told(runner.run({ threadId, agent, input: inputOf("r1") }));
    await agent.say(started("r1"));
    expect(() => runner.run({ threadId, agent: new HandAgent(), input: inputOf("r2") })).toThrow(
      "Thread already running",
    );
    await agent.say(finished("r1"));
    agent.end();
    await run.over;
  });

  test("a stop ends the run and closes what is open", async () => {
    const [runner, threadId, agent] = [make(), newThread(), new HandAgent()];
    const run = told(runner.run({ threadId, agent, input: inputOf("r1") }));
    await agent.say(started("r1"), START, word("Hel"), { type: "TOOL_CALL_START", toolCallId: "c" });
    expect(await runner.stop({ threadId, runId: "another" })).toBe(false);
    expect(await runner.stop({ threadId, runId: "r1" })).toBe(true);
    await run.over;
    expect(agent.isAborted).toBe(true);
    expect(typesOf(run.events.slice(4))).toEqual([
      ...["TEXT_MESSAGE_END", "TOOL_CALL_END", "TOOL_CALL_RESULT", "RUN_FINISHED"],
    ]);
    expect(JSON.parse(run.events.at(-2)!.content).status).toBe("stopped");
    expect(await runner.stop({ threadId })).toBe(false);
    // Theirs moves what stands between the pieces of a message behind it.
    expect(typesOf(await connected(runner, threadId)).toSorted()).toEqual(typesOf(run.events).toSorted());
  });

  test("an agent that fails, or ends without an end, ends with an error that says so", async () => {
    const runner = make();
    for (const [error, message] of [
      [new Error("no credit"), "no credit"],
      [undefined, "Run ended without emitting a terminal event"],
    ] as const) {
      const [threadId, agent] = [newThread(), new HandAgent()];
      const run = told(runner.run({ threadId, agent, input: inputOf("r1") }));
      await agent.say(started("r1"), START, word("Hel"));
      agent.end(error);
      await run.over;
      expect(run.events.slice(3)).toEqual([END, { type: "RUN_ERROR", message, code: "INCOMPLETE_STREAM" }]);
      expect(typesOf(await connected(runner, threadId))).toEqual(typesOf(run.events));
    }
  });

  test("an agent that fails before it begins leaves nothing in the thread", async () => {
    const [runner, threadId, agent] = [make(), newThread(), new HandAgent()];
    const run = told(runner.run({ threadId, agent, input: inputOf("r1") }));
    await agent.started;
    agent.end(new Error("no such model"));
    await run.over;
    expect(typesOf(run.events)).toEqual(["RUN_ERROR"]);
    expect(await connected(runner, threadId)).toEqual([]);
  });

  test("a thread that nobody knows is empty, and does not run", async () => {
    const [runner, threadId] = [make(), newThread()];
    expect(await connected(runner, threadId)).toEqual([]);
    expect(await runner.isRunning({ threadId })).toBe(false);
    expect(await runner.stop({ threadId })).toBe(false);
  });
}
