/** Several people, tabs and an agent on one session. */
import { materializeSnapshotFromDurableStream } from "@perennial/tanstack-ai";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ADA, BOB, ChatApp, eventually, shown } from "../support/chat-app.ts";

let app: ChatApp;
beforeEach(async () => {
  app = await ChatApp.start();
});
afterEach(() => app.stop());

/** Words that come when they are let. */
function held(...words: string[]) {
  let release!: () => void;
  const open = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stream = async function* () {
    yield words[0]!;
    await open;
    yield* words.slice(1);
  };
  return { stream: stream(), release };
}

const loaded = (...pages: ReturnType<ChatApp["open"]>[]) =>
  eventually(() => expect(pages.map((page) => page.getState().isLoading)).toEqual(pages.map(() => false)));
const ready = (page: ReturnType<ChatApp["open"]>) =>
  eventually(() => expect(page.getState()).toMatchObject({ status: "ready", running: [] }));

test("what one says, and the agent answers, is seen by everybody, with who said it", async () => {
  const [ada, bob] = [app.open(ADA), app.open(BOB)];
  await loaded(ada, bob);
  await ada.sendMessage("hello");
  await bob.sendMessage("and me");
  const all = ["Ada: hello", "Helper: You said: hello", "Bob: and me", "Helper: You said: and me"];
  for (const page of [ada, bob, app.open(ADA)])
    await eventually(() => expect(shown(page).sort()).toEqual(all.sort()));
  await ready(ada);
  expect(app.calls).toBe(2);
});

test("two who ask at once are answered one after the other, each with what was said before", async () => {
  const [ada, bob] = [app.open(ADA), app.open(BOB)];
  await Promise.all([ada.sendMessage("a"), bob.sendMessage("b")]);
  await eventually(() => expect(ada.getState().messages).toHaveLength(4));
  await ready(ada);
  expect(app.conversations.map((messages) => messages.length).sort()).toEqual([1, 3]);
  expect(app.conversations.map((messages) => messages.at(-1)?.role)).toEqual(["user", "user"]);
});

test("a message shows at once, then is the session's", async () => {
  const ada = app.open(ADA);
  await loaded(ada);
  const sent = ada.sendMessage("hello");
  expect(ada.getState().messages).toMatchObject([{ delivery: { kind: "sending" }, actor: ADA }]);
  expect(ada.getState().status).toBe("submitted");
  await sent;
  await eventually(() => expect(ada.getState().messages[0]).not.toHaveProperty("delivery"));
  await eventually(() => expect(shown(ada)).toEqual(["Ada: hello", "Helper: You said: hello"]));
});

test("a message that cannot be sent says so, and is sent again or forgotten", async () => {
  let isDown = true;
  const fetch: typeof globalThis.fetch = (input, init) =>
    isDown && init?.method === "POST"
      ? Promise.reject(new TypeError("fetch failed"))
      : app.fetch(input, init);
  const ada = app.open(ADA, { fetch });
  await loaded(ada);
  await Promise.all([ada.sendMessage("one"), ada.sendMessage("two")]);
  expect(ada.getState().messages).toMatchObject([
    { delivery: { kind: "failed", error: { message: "fetch failed" } } },
    { delivery: { kind: "failed" } },
  ]);
  const [one, two] = ada.getState().messages.map(({ id }) => id);
  isDown = false;
  ada.discard(two!);
  await ada.retry(one!);
  await eventually(() => expect(shown(ada)).toEqual(["Ada: one", "Helper: You said: one"]));
});

test("a message whose answer was lost, and is sent again, is stored and answered once", async () => {
  let lost = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await app.fetch(input, init);
    const isMessage = typeof init?.body === "string" && init.body.includes("messages");
    if (isMessage && lost++ === 0) throw new TypeError("fetch failed");
    return response;
  };
  // It does not hear of its message by the session before it tries again.
  const silent = app.open(ADA, { fetch, presence: false });
  silent.close();
  await silent.sendMessage("once");
  expect(silent.getState().messages).toMatchObject([{ delivery: { kind: "failed" } }]);
  await silent.retry(silent.getState().messages[0]!.id);
  const bob = app.open(BOB);
  await eventually(() => expect(shown(bob)).toEqual(["Ada: once", "Helper: You said: once"]));
  expect([lost, app.calls]).toEqual([2, 1]);
});

test("anybody stops an answer: what was said stays, and says that it was stopped, later, too", async () => {
  const { stream, release } = held("one ", "two");
  app.says = () => stream;
  const [ada, bob] = [app.open(ADA), app.open(BOB)];
  await ada.sendMessage("count");
  await eventually(() => expect(shown(bob)).toEqual(["Ada: count", "Helper: one "]));
  expect(bob.getState()).toMatchObject({ status: "streaming", running: [{ actor: { name: "Helper" } }] });
  await bob.stop();
  for (const page of [ada, bob, app.open(ADA)]) {
    await ready(page);
    await eventually(() => expect(page.getState().messages[1]).toMatchObject({ end: "stopped" }));
    expect(shown(page)).toEqual(["Ada: count", "Helper: one "]);
  }
  await expect(bob.stop()).rejects.toThrow("nothing is being written");
  release();
});

test("an agent that fails says so to everybody, and not why", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  app.says = async function* () {
    yield "I was about";
    throw new Error("key sk-123 is over its limit");
  };
  const ada = app.open(ADA);
  await ada.sendMessage("hello");
  await eventually(() => expect(ada.getState().status).toBe("error"));
  expect(ada.getState()).toMatchObject({
    error: { message: "An error occurred." },
    messages: [{ role: "user" }, { end: "failed", parts: [{ content: "I was about" }] }],
  });
  app.says = () => ["better"];
  await ada.sendMessage("again");
  await eventually(() => expect(shown(ada).at(-1)).toBe("Helper: better"));
  await ready(ada);
  vi.restoreAllMocks();
});

test("a tool waits until somebody agrees; the first to decide is right, and the agent goes on once", async () => {
  const [ada, bob] = [app.open(ADA), app.open(BOB)];
  await ada.sendMessage("deploy to production");
  await eventually(() => expect(bob.getState().approvals).toHaveLength(1));
  const [approval] = bob.getState().approvals;
  expect(approval).toMatchObject({ toolName: "deploy", input: { to: "production" } });
  expect(app.deployed).toEqual([]);
  const decisions = await Promise.allSettled([
    bob.addToolApprovalResponse({ id: approval!.id, approved: true }),
    ada.addToolApprovalResponse({ id: approval!.id, approved: false }),
  ]);
  expect(decisions.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(String((decisions[1] as PromiseRejectedResult).reason)).toContain("Bob decided about this before");
  for (const page of [ada, bob, app.open(ADA)]) {
    await eventually(() => expect(shown(page).at(-1)).toBe('Helper: You said: result {"ok":true}'));
    expect(page.getState().approvals).toEqual([]);
    expect(page.getState().messages[1]?.metadata).toMatchObject({
      approvals: { [approval!.id]: { approved: true, actor: BOB } },
    });
  }
  expect(app.deployed).toEqual(["production"]);
});

test("a tool that is refused is not run, and the agent hears of it", async () => {
  const ada = app.open(ADA);
  await ada.sendMessage("deploy to production");
  await eventually(() => expect(ada.getState().approvals).toHaveLength(1));
  const [{ id }] = ada.getState().approvals as unknown as [{ id: string }];
  // Meanwhile others go on talking: a call that nobody decided about is no part of that.
  app.says = (text) => [`heard ${text}`];
  await app.open(BOB).sendMessage("what is the time?");
  await eventually(() => expect(shown(ada).at(-1)).toBe("Helper: heard what is the time?"));
  await ada.addToolApprovalResponse({ id, approved: false, reason: "too late" });
  await eventually(() => expect(shown(ada).at(-1)).toContain('heard result {"approved":false'));
  expect(app.deployed).toEqual([]);
  await expect(ada.addToolApprovalResponse({ id: "nothing", approved: true })).rejects.toThrow(
    "nothing waits",
  );
});

test("a session is folded after answers: a new page reads messages in place of chunks, and the same", async () => {
  app.serve({ foldEvery: 1 });
  const ada = app.open(ADA);
  app.says = () => Array.from({ length: 150 }, (_, n) => `word${n} `);
  for (let turn = 0; turn < 3; turn++) {
    await ada.sendMessage(`turn ${turn}`);
    await eventually(() => expect(ada.getState().messages).toHaveLength(2 * turn + 2));
    await ready(ada);
  }
  const folded = () =>
    materializeSnapshotFromDurableStream({ readUrl: app.url, snapshots: true }).then(
      ({ messages }) => messages,
    );
  const snapshot = async () =>
    (await (await app.fetch("http://app.test/api?part=snapshot")).json()) as object;
  await eventually(async () => expect(await snapshot()).toMatchObject({ messages: { length: 6 } }));
  expect(await folded()).toHaveLength(6);
  const late = app.open(BOB);
  await eventually(() => expect(shown(late)).toEqual(shown(ada)));
  await late.sendMessage("more");
  await eventually(() => expect(ada.getState().messages).toHaveLength(8));
});

test("an answer whose writer is gone ends for everybody, and the session goes on", async () => {
  const { stream } = held("one ");
  app.says = () => stream;
  // Nothing of what this writer says is stored any more: it is as good as dead. By another name of the same server it is no
  // concern of the one that comes after it.
  const writeUrl = app.url.replace("127.0.0.1", "localhost");
  let isDead = false;
  const fetchClient: typeof globalThis.fetch = (input, init) =>
    isDead && init?.method !== "GET" ? new Promise(() => undefined) : fetch(input, init);
  app.serve({ leaseMs: 400, open: async () => ({ stream: { writeUrl, fetchClient } }) });
  const ada = app.open(ADA);
  await ada.sendMessage("count");
  await eventually(() => expect(shown(ada)).toEqual(["Ada: count", "Helper: one "]));
  isDead = true;
  app.serve({ leaseMs: 400 });
  await eventually(() => expect(ada.getState().messages[1]).toMatchObject({ end: "vanished" }));
  app.says = () => ["here"];
  await ada.sendMessage("anybody?");
  await eventually(() => expect(shown(ada).at(-1)).toBe("Helper: here"));
});
