/** What users of the official package suffer from, each row by its number. */
import {
  type ConnectionStatus,
  compactDurableChatSession,
  durableStreamConnection,
  endVanishedRuns,
  ensureDurableChatSessionStream,
  materializeSnapshotFromDurableStream,
  type TanStackChunk,
  toDurableChatSessionResponse,
  WRITER_GONE,
} from "@perennial/tanstack-ai";
import { runs } from "@perennial/testing";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { App, answer, newAppForEachTest, textOf, user } from "./support/app.ts";

let app: App;
newAppForEachTest((made) => {
  app = made;
});

const append = (...chunks: TanStackChunk[]) => app.append(...chunks);

/** The first chunks of a subscription. */
async function first(count: number, connection = app.connection()): Promise<TanStackChunk[]> {
  const seen: TanStackChunk[] = [];
  for await (const chunk of connection.subscribe()) if (seen.push(chunk) === count) break;
  return seen;
}

const TOOL = [
  { type: "RUN_STARTED", runId: "r", threadId: "t" },
  { type: "REASONING_MESSAGE_START", messageId: "m" },
  { type: "REASONING_MESSAGE_CONTENT", messageId: "m", delta: "the weather, " },
  { type: "REASONING_MESSAGE_CONTENT", messageId: "m", delta: "then" },
  { type: "REASONING_MESSAGE_END", messageId: "m" },
  {
    type: "TOOL_CALL_START",
    toolCallId: "c",
    toolCallName: "weather",
    toolName: "weather",
    parentMessageId: "m",
  },
  { type: "TOOL_CALL_ARGS", toolCallId: "c", delta: '{"city":' },
  { type: "TOOL_CALL_ARGS", toolCallId: "c", delta: '"Oslo"}' },
  { type: "TOOL_CALL_END", toolCallId: "c", toolName: "weather", input: { city: "Oslo" } },
  { type: "TOOL_CALL_RESULT", toolCallId: "c", messageId: "m", content: '{"degrees":4}' },
  { type: "TEXT_MESSAGE_START", messageId: "m", role: "assistant" },
  { type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "It is cold." },
  { type: "TEXT_MESSAGE_END", messageId: "m" },
  { type: "RUN_FINISHED", runId: "r", threadId: "t", finishReason: "stop" },
];

test("14: a snapshot holds tool calls, their results and reasoning, not only text", async () => {
  await append(...TOOL);
  const { messages } = await materializeSnapshotFromDurableStream({ readUrl: app.url });
  expect(messages).toHaveLength(1);
  const parts = messages[0].parts as { type: string; name?: string; content?: string }[];
  expect(parts.map(({ type }) => type)).toEqual(
    expect.arrayContaining(["thinking", "tool-call", "tool-result", "text"]),
  );
  expect(parts.find(({ type }) => type === "tool-call")).toMatchObject({ name: "weather", id: "c" });
  expect(textOf(messages[0])).toBe("It is cold.");
});

test("14: several texts of one message stay apart", async () => {
  await append(...TOOL.slice(0, 1), ...TOOL.slice(10, 12), ...TOOL.slice(5, 10), {
    ...{ type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "Dress warmly." },
  });
  const { messages } = await materializeSnapshotFromDurableStream({ readUrl: app.url });
  const said = (messages[0].parts as { type: string; content: string }[]).filter(
    ({ type }) => type === "text",
  );
  expect(said.map(({ content }) => content)).toEqual(["It is cold.", "Dress warmly."]);
});

test("15: who joins during a run is told of it, and sees its end", async () => {
  await append(...TOOL.slice(0, 12));
  expect(await first(2)).toMatchObject([{ type: "MESSAGES_SNAPSHOT" }, { type: "RUN_STARTED", runId: "r" }]);
  const page = app.page();
  await vi.waitFor(() => expect(page.getSessionGenerating()).toBe(true));
  await vi.waitFor(() => expect(textOf(page.getMessages()[0])).toBe("It is cold."));
  await append({ type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: " Dress warmly." }, ...TOOL.slice(12));
  await vi.waitFor(() => expect(page.getSessionGenerating()).toBe(false));
  expect(page.getMessages().map(textOf)).toEqual(["It is cold. Dress warmly."]);
  const { activeRuns } = await materializeSnapshotFromDurableStream({ readUrl: app.url });
  expect(activeRuns).toEqual([]);
});

test("15: who joins in the middle of a tool call has all of its arguments in the end", async () => {
  const parts = (page: ReturnType<App["page"]>) => page.getMessages().flatMap((message) => message.parts);
  const early = app.page();
  await append(...TOOL.slice(0, 7));
  await vi.waitFor(() => expect(parts(early)).toHaveLength(2));
  const late = app.page();
  await vi.waitFor(() => expect(parts(late)).toEqual(parts(early)));
  await append(...TOOL.slice(7));
  await vi.waitFor(() => expect(textOf(late.getMessages().at(-1))).toBe("It is cold."));
  await vi.waitFor(() => expect(parts(late)).toEqual(parts(early)));
  expect(parts(late)).toContainEqual(
    expect.objectContaining({ arguments: '{"city":"Oslo"}', input: { city: "Oslo" } }),
  );
});

test("16: a chat whose first message makes the session sees the end of the answer", async () => {
  const app = await App.start();
  try {
    const page = app.page();
    // Settles when the end of the run is seen.
    await page.sendMessage("hello");
    expect(page.getMessages().map(textOf)).toEqual(["hello", "You said: hello"]);
  } finally {
    await app.stop();
  }
});

test("16: a session that does not exist yet is waited for, and the page is told", async () => {
  const writeUrl = `${app.url}-later`;
  const statuses: ConnectionStatus[] = [];
  const connection = app.connection({ readUrl: writeUrl, onStatus: (status) => statuses.push(status) });
  const seen = first(1, connection);
  await vi.waitFor(() => expect(statuses).toContain("waiting"));
  await ensureDurableChatSessionStream({ writeUrl });
  expect(await seen).toMatchObject([{ type: "MESSAGES_SNAPSHOT", messages: [] }]);
  expect(statuses.at(-1)).toBe("live");
});

test("16: what the server refuses for good is told at once", async () => {
  const fetchClient: typeof fetch = async () => new Response("no", { status: 403 });
  await expect(first(1, app.connection({ fetchClient }))).rejects.toMatchObject({ status: 403 });
});

test("17: a subscriber that leaves in the middle of a batch goes on behind the last chunk it was given", async () => {
  await append(...TOOL);
  const connection = app.connection({ emitSnapshotOnSubscribe: false });
  expect(await first(5, connection)).toEqual(TOOL.slice(0, 5));
  expect(await first(1, connection)).toEqual(TOOL.slice(5, 6));
  expect(await first(TOOL.length - 6, connection)).toEqual(TOOL.slice(6));
  await append(TOOL[0]);
  expect(await first(1, connection)).toEqual([TOOL[0]]);
});

const TYPES = [
  "RUN_STARTED",
  "RUN_ERROR",
  "TEXT_MESSAGE_START",
  "TEXT_MESSAGE_CONTENT",
  "TOOL_CALL_ARGS",
  "CUSTOM",
];
/** Hundreds of chunks are shown one by one, by a busy machine. */
const PATIENCE_MS = 10_000;
const anyValue = fc.jsonValue({ maxDepth: 2 });
const anyChunk = fc.oneof(
  anyValue,
  fc.record(
    {
      type: fc.constantFrom(...TYPES, "TOOL_CALL_RESULT", "MESSAGES_SNAPSHOT", "REASONING_MESSAGE_CONTENT"),
      ...{ messageId: anyValue, toolCallId: anyValue, delta: anyValue, messages: anyValue, runId: anyValue },
      name: fc.constantFrom(
        "perennial.message",
        "perennial.writer",
        "approval-requested",
        "structured-output.start",
      ),
      ...{ value: anyValue, role: anyValue, content: anyValue },
    },
    { requiredKeys: ["type"] },
  ),
);

test("chunks that are none, of whoever writes, keep nobody from the session", async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
  const bad = fc.sample(anyChunk, { numRuns: runs(400), seed: 7 });
  const pages = [app.page(), app.page({ initialOffset: "-1" }), app.page({ emitSnapshotOnSubscribe: false })];
  await append(...bad);
  const said = [];
  for await (const chunk of answer("good", ["still ", "here"])) said.push(chunk);
  await append(...said);
  const late = app.page();
  for (const page of [...pages, late])
    await vi.waitFor(() => expect(page.getMessages().map(textOf)).toContain("still here"), PATIENCE_MS);
  vi.restoreAllMocks();
});

test("18: what the client knows of a run reaches the application, headers included", async () => {
  await app
    .connection({ headers: () => ({ authorization: "Bearer fresh" }) })
    .send([user("hi")], { a: 1 }, undefined, {
      ...{ threadId: "t", runId: "r", parentRunId: "p", resume: [{ interruptId: "i" }] },
      ...{ clientTools: [{ name: "ask" }], forwardedProps: { b: 2 }, headers: { "x-run": "1" } },
    });
  const [{ body, headers }] = app.posts as [(typeof app.posts)[0]];
  expect(body).toMatchObject({
    ...{ data: { a: 1 }, threadId: "t", runId: "r", parentRunId: "p", resume: [{ interruptId: "i" }] },
    ...{ clientTools: [{ name: "ask" }], forwardedProps: { b: 2 } },
  });
  expect(body).not.toHaveProperty("headers");
  expect([headers.get("authorization"), headers.get("x-run")]).toEqual(["Bearer fresh", "1"]);
});

test("19: files of a person reach everybody, those who came later, too", async () => {
  const image = { type: "image", source: { type: "url", value: "https://example.com/a.png" } };
  const message = { ...user("look", "u1"), parts: [{ type: "text", content: "look" }, image] };
  const page = app.page();
  await vi.waitFor(() => expect(page.getMessages()).toEqual([]));
  await toDurableChatSessionResponse({
    ...{ stream: { writeUrl: app.url }, mode: "await" },
    ...{ newMessages: [message], responseStream: answer("r", ["I see"]) },
  });
  await vi.waitFor(() => expect(page.getMessages().map(textOf)).toEqual(["look", "I see"]));
  expect(page.getMessages()[0]!.parts).toMatchObject(message.parts);
  const { messages } = await materializeSnapshotFromDurableStream({ readUrl: app.url });
  expect(messages[0]).toMatchObject({ id: "u1", role: "user", parts: message.parts });
});

test("12: a writer that vanishes is noticed: its run ends for readers", async () => {
  const note = {
    type: "CUSTOM",
    name: "perennial.writer",
    value: { writer: "run", runId: "r", leaseMs: 200 },
  };
  await append(...TOOL.slice(0, 1), note, ...TOOL.slice(10, 12));
  const chunks = await first(5);
  expect(chunks.at(-1)).toMatchObject({ type: "RUN_ERROR", runId: "r", code: WRITER_GONE });
});

test("12: the end of a run whose writer vanished is stored, and no run of a writer that lives", async () => {
  const note = (runId: string) => ({
    ...{ type: "CUSTOM", name: "perennial.writer", value: { writer: "run", runId, leaseMs: 200 } },
  });
  await append(TOOL[0], note("r"), { ...TOOL[0], runId: "alive" }, note("alive"));
  const beat = setInterval(() => void append(note("alive")), 50);
  expect(await endVanishedRuns({ writeUrl: app.url })).toEqual(["r"]);
  clearInterval(beat);
  const { activeRuns } = await materializeSnapshotFromDurableStream({ readUrl: app.url });
  expect(activeRuns).toEqual(["alive"]);
});

test("9: answers of the server that are lost double nothing", async () => {
  let lost = 0;
  const flaky: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method === "POST" && lost++ % 3 === 0) throw new TypeError("fetch failed");
    return response;
  };
  await toDurableChatSessionResponse({
    ...{ stream: { writeUrl: app.url, fetchClient: flaky }, mode: "await", newMessages: [user("hi")] },
    responseStream: answer("r", ["a", "b", "c"]),
  });
  expect(lost).toBeGreaterThan(1);
  const { messages } = await materializeSnapshotFromDurableStream({ readUrl: app.url });
  expect(messages.map(textOf)).toEqual(["hi", "abc"]);
});

test("4 and 5: headers and fetch go with every request, whatever the case of names", async () => {
  const seen: Headers[] = [];
  const fetchClient: typeof fetch = (input, init) => {
    const request = new Request(input, init);
    seen.push(request.headers);
    return fetch(request);
  };
  const connection = durableStreamConnection({
    ...{
      sendUrl: app.url,
      fetchClient,
      headers: [
        ["X-Token", "a"],
        ["x-token", "b"],
      ],
    },
  });
  await first(1, connection);
  await materializeSnapshotFromDurableStream({
    readUrl: app.url,
    fetchClient,
    headers: { "x-token": "a, b" },
  });
  expect(seen.length).toBeGreaterThan(1);
  expect(new Set(seen.map((headers) => headers.get("X-TOKEN")))).toEqual(new Set(["a, b"]));
});

test("20: two people who ask at once are answered one after the other, where that is wanted", async () => {
  const begun: string[] = [];
  const release: (() => void)[] = [];
  app.options = { oneAtATime: true };
  app.model = (said) => () => {
    begun.push(said);
    const held = (async function* () {
      await new Promise<void>((resolve) => release.push(resolve));
      yield `to ${said}`;
    })();
    return answer(said, held);
  };
  const [ada, bob] = [app.page(), app.page()];
  const both = [ada.sendMessage("a"), bob.sendMessage("b")];
  await vi.waitFor(() => expect(ada.getMessages().length).toBeGreaterThanOrEqual(2));
  await vi.waitFor(() => expect(release).toHaveLength(1));
  expect(begun).toHaveLength(1);
  release[0]!();
  await vi.waitFor(() => expect(release).toHaveLength(2));
  release[1]!();
  await Promise.all(both);
  await vi.waitFor(() =>
    expect(ada.getMessages().map(textOf)).toEqual(expect.arrayContaining(["to a", "to b"])),
  );
});

test("21: a session of 200 turns is folded: a first view reads a tenth of the bytes, and the same messages", async () => {
  const turns = Array.from({ length: 200 }, (_, turn) => turn);
  for (const turn of turns) {
    const said: object[] = [
      { type: "TEXT_MESSAGE_START", messageId: `u${turn}`, role: "user" },
      { type: "TEXT_MESSAGE_CONTENT", messageId: `u${turn}`, delta: `Question ${turn}` },
      { type: "TEXT_MESSAGE_END", messageId: `u${turn}` },
    ];
    const words = Array.from({ length: 150 }, (_, word) => `w${word} `);
    for await (const chunk of answer(`r${turn}`, words)) said.push(chunk);
    await append(...said);
  }
  let bytes = 0;
  const fetchClient: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    bytes += (await response.clone().arrayBuffer()).byteLength;
    return response;
  };
  const view = async (snapshots: boolean) => {
    bytes = 0;
    const read = await materializeSnapshotFromDurableStream({ readUrl: app.url, fetchClient, snapshots });
    return { read, bytes };
  };
  const whole = await view(true);
  expect(await compactDurableChatSession({ writeUrl: app.url })).toMatchObject({ kind: "written" });
  expect(await compactDurableChatSession({ writeUrl: app.url })).toMatchObject({ kind: "unchanged" });
  const folded = await view(true);
  expect(folded.bytes).toBeLessThanOrEqual(whole.bytes / 10);
  const told = (messages: { id: string }[]) =>
    messages.map((message) => [message.id, textOf(message as never)]);
  expect(told(folded.read.messages)).toEqual(told(whole.read.messages));
  expect(folded.read.offset).toBe(whole.read.offset);

  await append(...TOOL.slice(0, 12));
  expect(await compactDurableChatSession({ writeUrl: app.url })).toMatchObject({ kind: "running" });
  const page = app.page({ snapshots: true });
  await vi.waitFor(() => expect(page.getMessages()).toHaveLength(401));
  await vi.waitFor(() => expect(textOf(page.getMessages().at(-1))).toBe("It is cold."));
});
