/** Real models, as far as their wire goes: a stand-in answers as they do. */
import { expect, test } from "vitest";
import { anthropic } from "../server/models/anthropic.ts";
import { chooseModel } from "../server/models/choose.ts";
import type { Model, ModelEvent, Turn } from "../server/models/model.ts";
import { openAi } from "../server/models/openai.ts";

const TURNS: readonly Turn[] = [
  { kind: "person", text: "Find it" },
  { kind: "agent", text: "", calls: [{ id: "c1", name: "search_text", input: { query: "it" } }] },
  { kind: "results", results: [{ id: "c1", result: '{"matches":[]}' }] },
];
const TOOLS = [{ name: "search_text", description: "Finds", schema: { type: "object" } }];

/** Answers each request with the same events, cut at every `size` bytes, and keeps the request. */
function standIn(events: readonly object[], size = 7) {
  const sent: { url: string; headers: Headers; body: Record<string, unknown> }[] = [];
  const text = `${events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`;
  const bytes = new TextEncoder().encode(text);
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push({
      url: String(url),
      headers: new Headers(init?.headers),
      body: JSON.parse(String(init?.body)),
    });
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    return new Response(body);
  };
  return { fetch, sent };
}

async function next(model: Model): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of model.next({ instructions: "Be kind", turns: TURNS, tools: TOOLS, signal }))
    events.push(event);
  return events;
}

const EXPECTED = [
  { kind: "text", text: "Grüß " },
  { kind: "text", text: "Gott" },
  { kind: "call", call: { id: "c2", name: "insert_text", input: { text: "ä" } } },
];

test("OpenAI: text and calls that come in pieces", async () => {
  const call = (index: number, part: object) => ({
    choices: [{ delta: { tool_calls: [{ index, ...part }] } }],
  });
  const { fetch, sent } = standIn([
    { choices: [{ delta: { content: "Grüß " } }] },
    { choices: [{ delta: { content: "Gott" } }] },
    call(0, { id: "c2", function: { name: "insert_text", arguments: "" } }),
    call(0, { function: { arguments: '{"text":' } }),
    call(0, { function: { arguments: '"ä"}' } }),
    { choices: [] },
  ]);
  const model = openAi({ key: "k", model: "m", url: "https://models.example/v1/chat/completions", fetch });
  expect(await next(model)).toEqual(EXPECTED);
  expect(sent[0]!.headers.get("authorization")).toBe("Bearer k");
  expect(sent[0]!.body.messages).toEqual([
    { role: "system", content: "Be kind" },
    { role: "user", content: "Find it" },
    {
      role: "assistant",
      content: "",
      tool_calls: [
        { id: "c1", type: "function", function: { name: "search_text", arguments: '{"query":"it"}' } },
      ],
    },
    { role: "tool", tool_call_id: "c1", content: '{"matches":[]}' },
  ]);
});

test("Anthropic: text and calls that come in pieces", async () => {
  const { fetch, sent } = standIn([
    { type: "message_start" },
    { type: "content_block_start", content_block: { type: "text" } },
    { type: "content_block_delta", delta: { type: "text_delta", text: "Grüß " } },
    { type: "content_block_delta", delta: { type: "text_delta", text: "Gott" } },
    { type: "content_block_stop" },
    { type: "content_block_start", content_block: { type: "tool_use", id: "c2", name: "insert_text" } },
    { type: "content_block_delta", delta: { type: "input_json_delta", partial_json: '{"text":' } },
    { type: "content_block_delta", delta: { type: "input_json_delta", partial_json: '"ä"}' } },
    { type: "content_block_stop" },
    { type: "message_stop" },
  ]);
  const model = anthropic({ key: "k", model: "m", url: "https://models.example/v1/messages", fetch });
  expect(await next(model)).toEqual(EXPECTED);
  expect(sent[0]!.headers.get("x-api-key")).toBe("k");
  expect(sent[0]!.body.messages).toEqual([
    { role: "user", content: "Find it" },
    {
      role: "assistant",
      content: [{ type: "tool_use", id: "c1", name: "search_text", input: { query: "it" } }],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: '{"matches":[]}' }] },
  ]);
});

test("a model that refuses, or fails in the middle, says why", async () => {
  const refusing = async () => new Response("quota exceeded", { status: 429 });
  await expect(
    next(openAi({ key: "k", model: "m", url: "https://x.example", fetch: refusing })),
  ).rejects.toThrow("the model answers 429: quota exceeded");
  const { fetch } = standIn([{ type: "error", error: { message: "overloaded" } }]);
  await expect(next(anthropic({ key: "k", model: "m", url: "https://x.example", fetch }))).rejects.toThrow(
    "overloaded",
  );
});

test("the environment chooses the model, and without a key it is the script", () => {
  expect(chooseModel({}).name).toBe("scripted");
  expect(chooseModel({ OPENAI_API_KEY: "k", EDITOR_MODEL: "mine" }).name).toBe("mine");
  expect(chooseModel({ ANTHROPIC_API_KEY: "k", OPENAI_API_KEY: "k" }).name).toMatch(/^claude/);
});
