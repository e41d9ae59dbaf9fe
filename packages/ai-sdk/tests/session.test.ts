/** A session of 200 turns: what its first view reads, and that folding changes nothing under a reader. */
import {
  appendToSession,
  followSession,
  openSession,
  readGeneration,
  readSession,
  startGeneration,
} from "@perennial/ai";
import { uiMessageFormat as format } from "@perennial/ai-sdk";
import { createServer } from "@perennial/server";
import type { UIMessage, UIMessageChunk } from "ai";
import { afterAll, expect, test } from "vitest";
import { chunksOf, HandSource } from "../../ai/tests/support/source.ts";
import { SDKS, textOf } from "./support/sdks.ts";

const TURNS = 200;
const { readUIMessageStream } = SDKS["ai 7"]!;

const server = createServer({ drainMs: 0 });
afterAll(() => server.stop());

/** Bytes of answers, while it counts. */
let read = 0;
const fetch: typeof globalThis.fetch = async (input, init) => {
  const response = await server.fetch(new Request(input, init));
  if (init?.method === undefined || init.method === "GET") {
    const clone = response.clone();
    read += (await clone.arrayBuffer()).byteLength;
  }
  return response;
};
const plain: typeof globalThis.fetch = async (input, init) => server.fetch(new Request(input, init));

const at = (path: string, fetchIt = plain) => ({
  url: `http://streams.test/v1/stream/${path}`,
  fetch: fetchIt,
});

/** An answer as providers stream it: some ten dozen tokens, each with the id of its part, which OpenAI makes 53 long. */
function answer(turn: number): UIMessageChunk[] {
  const id = `msg_${String(turn).padStart(50, "0")}`;
  const words = Array.from(
    { length: 120 },
    (_, n) => ` ${["the", "stream", "keeps", "what", "it", "was", "told"][n % 7]}`,
  );
  return [
    ...([{ type: "start", messageId: `answer-${turn}` }, { type: "start-step" }] as const),
    { type: "text-start", id },
    ...words.map((delta): UIMessageChunk => ({ type: "text-delta", id, delta })),
    ...([{ type: "text-end", id }, { type: "finish-step" }, { type: "finish" }] as const),
  ];
}

async function messageOf(chunks: readonly UIMessageChunk[]): Promise<UIMessage> {
  let last: UIMessage | undefined;
  const stream = new ReadableStream<UIMessageChunk>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const message of readUIMessageStream({ stream })) last = message;
  return last!;
}

const question = (turn: number): UIMessage => ({
  ...{ id: `question-${turn}`, role: "user" as const },
  parts: [{ type: "text", text: `What does the stream keep, the ${turn}th time that I ask?` }],
});

async function takeTurn(turn: number): Promise<void> {
  const session = at("session");
  await appendToSession(session, { type: "message", message: question(turn) });
  const target = at(`session/${turn}`);
  await appendToSession(session, { type: "begun", id: `answer-${turn}`, url: target.url });
  const chunks = answer(turn);
  const source = async function* () {
    yield* chunks;
  };
  const generation = await startGeneration({ target, format, source, stoppable: false });
  if (generation.kind === "rejected") throw new Error(generation.rejection);
  await generation.finished;
  const message = await messageOf(chunks);
  await appendToSession(session, { type: "over", id: `answer-${turn}`, end: "completed", message });
}

test(`the first view of ${TURNS} turns reads at most a tenth of the bytes of its chunks (21)`, async () => {
  await openSession(at("session"));
  for (let turn = 0; turn < TURNS; turn++) await takeTurn(turn);
  read = 0;
  const { view } = await readSession<UIMessage>(at("session", fetch));
  const folded = read;
  expect(view.messages).toHaveLength(2 * TURNS);
  expect(view.running).toEqual([]);
  const last = textOf(view.messages.at(-1));
  read = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const chunks = await chunksOf(await readGeneration({ target: at(`session/${turn}`, fetch), format }));
    if (turn === TURNS - 1) expect(textOf(await messageOf(chunks))).toBe(last);
  }
  console.log(`first view: ${folded} bytes, of ${read} unfolded (${((100 * folded) / read).toFixed(1)} %)`);
  expect(folded).toBeLessThan(read / 10);
});

test("folding changes nothing under a reader who is in the middle of an answer", async () => {
  const session = at("folding");
  await openSession(session);
  const target = at("folding/1");
  await appendToSession(session, { type: "begun", id: "answer-1", url: target.url });
  const source = new HandSource<UIMessageChunk>();
  const generation = await startGeneration({ target, format, source });
  const chunks = answer(1);
  source.push(...chunks.slice(0, 50));
  const batches = await readGeneration({ target, format });
  const reader = batches.getReader();
  const first = await reader.read();
  reader.releaseLock();
  source.push(...chunks.slice(50));
  source.end();
  if (generation.kind === "rejected") throw new Error(generation.rejection);
  await generation.finished;
  const message = await messageOf(chunks);
  await appendToSession(session, { type: "over", id: "answer-1", end: "completed", message });
  expect([...first.value!.chunks, ...(await chunksOf(batches))]).toEqual(chunks);
});

test("whoever joins late knows which answers run, and sees them end (15, 23)", async () => {
  const session = at("late");
  await openSession(session);
  await appendToSession(session, { type: "message", message: question(1) });
  await appendToSession(session, { type: "begun", id: "a", url: "u" });
  const now = await readSession<UIMessage>(session);
  expect(now.view).toEqual({ messages: [question(1)], running: [{ id: "a", url: "u" }] });
  const states = followSession(session, now);
  const next = states.next();
  // Twice, as after an answer that was lost.
  for (let time = 0; time < 2; time++)
    await appendToSession(session, { type: "over", id: "a", end: "stopped", message: question(2) });
  const { value: state } = await next;
  expect(state?.view).toEqual({ messages: [question(1), question(2)], running: [] });
  await states.return(undefined);
  expect((await readSession(session)).view.messages).toHaveLength(2);
});
