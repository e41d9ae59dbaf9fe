/** Chats with `persistence: true`: TanStack AI's client asks for the session itself, and joins the run under way. */
import type { UIMessage } from "@tanstack/ai";
import { ChatClient } from "@tanstack/ai-client";
import { expect, test, vi } from "vitest";
import { type App, answer, newAppForEachTest, textOf } from "./support/app.ts";

let app: App;
newAppForEachTest((made) => {
  app = made;
});

const eventually = (check: () => unknown) => vi.waitFor(check, 10_000);
const texts = (client: ChatClient) => (client.getMessages() as UIMessage[]).map(textOf);

/** A page that keeps nothing itself. */
function open(options: object = {}): ChatClient {
  const connection = app.connection() as never;
  const client = new ChatClient({ connection, threadId: "t", persistence: true, ...options });
  // As a view does that is mounted.
  client.attach();
  return client;
}

/** A run that says its second word when it is let. */
function holdRun(): () => void {
  let release!: () => void;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const words = async function* () {
    yield "one ";
    await held;
    yield "two";
  };
  app.model = () => answer("run-1", words());
  return release;
}

test("18: a page that comes later has the messages, and the rest of the run under way", async () => {
  const release = holdRun();
  void app.page().sendMessage("count");
  const late = await afterFirstWord();
  await eventually(() => expect(texts(late)).toEqual(["count", "one "]));
  expect(late.getIsLoading()).toBe(true);
  release();
  await eventually(() => expect(texts(late)).toEqual(["count", "one two"]));
  await eventually(() => expect(late.getIsLoading()).toBe(false));
});

test("18: who is subscribed as well has each word once", async () => {
  const release = holdRun();
  void app.page().sendMessage("count");
  const page = await afterFirstWord();
  page.subscribe();
  await eventually(() => expect(texts(page)).toEqual(["count", "one "]));
  release();
  await eventually(() => expect(texts(page)).toEqual(["count", "one two"]));
  await eventually(() => expect(page.getIsLoading()).toBe(false));
  page.unsubscribe();
});

/** Opens a page once the run has begun. */
async function afterFirstWord(): Promise<ChatClient> {
  const watcher = app.page();
  await eventually(() => expect(texts(watcher)).toEqual(["count", "one "]));
  return open();
}

test("18: long sessions come in pages", async () => {
  const page = app.page();
  for (const text of ["a", "b", "c"]) await page.sendMessage(text);
  const late = open({ history: { pageSize: 2 } });
  await eventually(() => expect(texts(late)).toEqual(["c", "You said: c"]));
  await late.loadOlderMessages();
  expect(texts(late)).toEqual(["b", "You said: b", "c", "You said: c"]);
  await late.loadOlderMessages();
  expect(texts(late).slice(0, 2)).toEqual(["a", "You said: a"]);
});

test("18: a run is joined from its beginning to its end; one that is not there is said to be so", async () => {
  const release = holdRun();
  void app.page().sendMessage("count");
  await afterFirstWord();
  release();
  const types: string[] = [];
  for await (const chunk of app.connection().joinRun("run-1")) types.push(chunk.type);
  expect([types[0], types.at(-1)]).toEqual(["RUN_STARTED", "RUN_FINISHED"]);
  const missing = async () => {
    for await (const _ of app.connection().joinRun("nothing")) return;
  };
  await expect(missing()).rejects.toThrow("no run nothing");
});

test("18: a tool that waits for approval is told to who comes later, until somebody has decided", async () => {
  const interrupts = [
    { id: "approval_c", reason: "tool_call", toolCallId: "c", metadata: { kind: "approval" } },
  ];
  app.model = async function* () {
    const run = { runId: "r", threadId: "t" };
    yield { type: "RUN_STARTED", ...run };
    yield {
      type: "TOOL_CALL_START",
      toolCallId: "c",
      toolCallName: "pay",
      toolName: "pay",
      parentMessageId: "m",
    };
    yield { type: "TOOL_CALL_END", toolCallId: "c", toolName: "pay", input: {} };
    yield { type: "RUN_FINISHED", ...run, outcome: { type: "interrupt", interrupts } };
  };
  await app.page().sendMessage("pay");
  const hydrated = () => app.connection().hydrate("t");
  expect((await hydrated()).interrupts).toEqual({ runId: "r", pending: interrupts });
  const decision = {
    type: "CUSTOM",
    name: "perennial.approval",
    value: { id: "approval_c", approved: true },
  };
  await app.append(decision);
  expect((await hydrated()).interrupts).toBeNull();
});
