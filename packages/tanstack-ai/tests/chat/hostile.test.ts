/** What strangers send, to the route and into the session. */
import { DurableStream } from "@perennial/client";
import { compactDurableChatSession } from "@perennial/tanstack-ai";
import { runs } from "@perennial/testing";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ADA, BOB, ChatApp, eventually, shown } from "../support/chat-app.ts";

let app: ChatApp;
beforeEach(async () => {
  app = await ChatApp.start({ messageBytesMax: 10_000 });
});
afterEach(() => app.stop());

const message = (over: object) => ({ messages: [{ id: "m", role: "user", parts: [text("hi")], ...over }] });
const text = (content: unknown) => ({ type: "text", content });

test.each([
  ["no JSON", "{", 400, "must be JSON"],
  ["nothing", {}, 400, '"user"'],
  ["null", "null", 400, '"user"'],
  ["no list", { messages: "x" }, 400, '"user"'],
  ["an agent's role", message({ role: "assistant" }), 400, '"user"'],
  ["the system's role", message({ role: "system" }), 400, '"user"'],
  ["no id", message({ id: "" }), 400, '"id"'],
  ["a long id", message({ id: "x".repeat(129) }), 400, '"id"'],
  ["no parts", message({ parts: [] }), 400, '"parts"'],
  ["empty text", message({ parts: [text("  ")] }), 400, '"parts"'],
  ["a tool's result", message({ parts: [{ type: "tool-result", content: "ok" }] }), 400, '"parts"'],
  ["too much", message({ parts: [text("x".repeat(10_000))] }), 413, "10000 bytes"],
  ["half an approval", { approval: { id: "a" } }, 400, '"approval"'],
  ["an approval of nothing", { approval: { id: "a", approved: true } }, 404, "nothing waits"],
  ["a stop of what is no run", { stop: { runId: 7 } }, 400, '"stop.runId"'],
  ["a stop of nothing", { stop: {} }, 404, "nothing is being written"],
])("%s is refused, and said why", async (_, body, status, why) => {
  app.open(ADA);
  await eventually(() => expect(app.requests).toContain("GET"));
  const response = await app.post(body);
  expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
    status,
    expect.stringContaining(why),
  ]);
  expect(app.calls).toBe(0);
});

test("other methods, parts and types are refused: pages of other origins may send some of them unasked", async () => {
  const plain = await app.post(message({}), "", { "content-type": "text/plain" });
  expect(plain.status).toBe(415);
  expect((await app.post({}, "secrets")).status).toBe(404);
  expect((await app.post("{}", "presence")).status).toBe(400);
  expect((await app.post({ x: "x".repeat(5_000) }, "presence")).status).toBe(413);
  expect((await app.fetch("http://app.test/api", { method: "DELETE" })).status).toBe(405);
  app.serve({ open: async () => undefined });
  expect((await app.post(message({}))).status).toBe(403);
});

test("nobody writes over the message of another, nor in the name of an agent", async () => {
  const ada = app.open(ADA);
  await ada.sendMessage("mine");
  await eventually(() => expect(ada.getState().messages).toHaveLength(2));
  const [{ id: mine }, { id: answer }] = ada.getState().messages as unknown as [
    { id: string },
    { id: string },
  ];
  for (const id of [mine, answer])
    expect((await app.post({ ...message({ id, parts: [text("changed")] }), actor: BOB })).status).toBe(409);
  const forged = message({
    id: "new",
    metadata: { actor: { id: "helper", name: "Helper", kind: "agent" }, end: "failed" },
  });
  expect((await app.post({ ...forged, actor: BOB })).status).toBe(202);
  await eventually(() => expect(ada.getState().messages).toHaveLength(4));
  const theirs = ada.getState().messages.find(({ id }) => id === "new");
  expect(theirs).toMatchObject({ actor: BOB, role: "user" });
  expect(theirs).not.toHaveProperty("end");
  expect(shown(ada)[0]).toBe("Ada: mine");
});

const anyValue = fc.jsonValue({ maxDepth: 3 });
const anyPart = fc.oneof(
  anyValue,
  fc.record({
    type: fc.constantFrom(
      "text",
      "thinking",
      "tool-call",
      "tool-result",
      "image",
      "__proto__",
      "constructor",
    ),
    ...{ content: anyValue, id: anyValue, name: anyValue, arguments: anyValue, approval: anyValue },
  }),
);
const anyMessage = fc.record({
  id: fc.oneof(anyValue, fc.constantFrom("a", "b", "__proto__")),
  role: fc.oneof(anyValue, fc.constantFrom("user", "assistant", "system", "tool")),
  parts: fc.oneof(anyValue, fc.array(anyPart, { maxLength: 4 })),
  ...{ actor: anyValue, delivery: anyValue, end: anyValue, decisions: anyValue, createdAt: anyValue },
  metadata: fc.oneof(
    anyValue,
    fc.record({ actor: anyValue, end: anyValue, approvals: anyValue, runId: anyValue }),
  ),
});
const custom = (name: string, value: fc.Arbitrary<unknown>) =>
  fc.record({ type: fc.constant("CUSTOM"), name: fc.constant(name), value });
const anyChunk = fc.oneof(
  custom("perennial.message", anyMessage),
  custom("perennial.stopped", anyValue),
  custom("perennial.approval", fc.record({ id: anyValue, approved: anyValue, actor: anyValue })),
  fc.record({ type: fc.constant("MESSAGES_SNAPSHOT"), messages: fc.array(anyMessage, { maxLength: 3 }) }),
  fc.record({
    type: fc.constantFrom(
      "RUN_STARTED",
      "RUN_ERROR",
      "RUN_FINISHED",
      "TEXT_MESSAGE_START",
      "TEXT_MESSAGE_END",
    ),
    ...{ runId: anyValue, messageId: anyValue, metadata: anyValue, outcome: anyValue, message: anyValue },
  }),
);

test("whatever a writer puts into a session, pages can show it, and the talk goes on", async () => {
  for (const method of ["warn", "error"] as const) vi.spyOn(console, method).mockReturnValue();
  const ada = app.open(ADA);
  await ada.sendMessage("first");
  await eventually(() => expect(shown(ada)).toContain("Helper: You said: first"));
  const stream = new DurableStream({ url: app.url, contentType: "application/json", warnOnHttp: false });
  const bad = fc.sample(anyChunk, { numRuns: runs(300), seed: 17 });
  await Promise.all(bad.map((chunk) => stream.append(JSON.stringify(chunk))));
  await stream.append({ type: "RUN_ERROR", message: "all over" });
  await ada.sendMessage("last");
  for (const page of [ada, app.open(BOB)]) {
    await eventually(() => expect(shown(page)).toContain("Helper: You said: last"));
    const { messages, people, approvals, running } = page.getState();
    // What pages do with them.
    for (const { id, role, parts, actor, end, delivery, createdAt, decisions } of messages) {
      expect([undefined, "stopped", "failed", "vanished"]).toContain(end);
      expect(delivery).toBeUndefined();
      if (createdAt !== undefined) expect(createdAt.getTime()).not.toBeNaN();
      for (const { approved } of Object.values(decisions)) expect(typeof approved).toBe("boolean");
      expect([typeof id, ["user", "assistant", "system"].includes(role)]).toEqual(["string", true]);
      if (actor !== undefined) expect(typeof actor.name).toBe("string");
      for (const part of parts) if (part.type === "text") expect(typeof part.content).toBe("string");
    }
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
    expect([people, approvals, running].every(Array.isArray)).toBe(true);
  }
  vi.restoreAllMocks();
}, 30_000);

test("a session with nonsense in it is folded all the same, and what pages show stays", async () => {
  for (const method of ["warn", "error"] as const) vi.spyOn(console, method).mockReturnValue();
  const stream = new DurableStream({ url: app.url, contentType: "application/json", warnOnHttp: false });
  await app.open(ADA).sendMessage("first");
  const bad = fc.sample(anyChunk, { numRuns: runs(200), seed: 18 });
  await Promise.all(bad.map((chunk) => stream.append(JSON.stringify(chunk))));
  await stream.append({ type: "RUN_ERROR", message: "all over" });
  const before = app.open(BOB);
  await eventually(() => expect(before.getState()).toMatchObject({ isLoading: false, running: [] }));
  // Unless the route has folded it already.
  const { kind } = await compactDurableChatSession({ writeUrl: app.url });
  expect(["written", "unchanged"]).toContain(kind);
  const after = app.open(BOB);
  await eventually(() => expect(after.getState()).toMatchObject({ isLoading: false, running: [] }));
  expect(shown(after)).toEqual(shown(before));
  vi.restoreAllMocks();
});

test("a session that cannot be reached is not the end of a page, and one that is forbidden says so", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  app.serve({ open: async () => ({ stream: { writeUrl: "http://127.0.0.1:1/v1/stream/chat/1" } }) });
  const ada = app.open(ADA);
  await eventually(() => expect(ada.getState().connection).toBe("waiting"));
  app.serve();
  await eventually(() => expect(ada.getState()).toMatchObject({ connection: "live", isLoading: false }));
  app.serve({ open: async () => undefined });
  const eve = app.open({ id: "eve", name: "Eve" });
  await eventually(() => expect(eve.getState()).toMatchObject({ status: "error", isLoading: false }));
  vi.restoreAllMocks();
}, 30_000);
