/** The official clients of model APIs, of which nothing is changed but a base URL, or the `fetch`. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { gate, TEXT } from "./support/model-server.ts";
import { SECRET, World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());
beforeEach(() => world.model.reset());

const QUESTION = { role: "user", content: "Which streams?" } as const;
const TOKEN = { "stream-proxy-token": SECRET };

function openai(options: object = {}): OpenAI {
  return new OpenAI({
    ...{ apiKey: "sk-model-key", baseURL: `${world.proxyUrl}/${world.model.url}/v1`, maxRetries: 0 },
    defaultHeaders: TOKEN,
    ...options,
  });
}

function anthropic(options: object = {}): Anthropic {
  return new Anthropic({
    ...{ apiKey: "sk-ant-key", baseURL: `${world.proxyUrl}/${world.model.url}`, maxRetries: 0 },
    defaultHeaders: TOKEN,
    ...options,
  });
}

async function chat(client: OpenAI, options: object = {}): Promise<string> {
  const stream = await client.chat.completions.create(
    { model: "test", messages: [QUESTION], stream: true },
    options,
  );
  let text = "";
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
  return text;
}

describe("by changing a base URL", () => {
  it("streams chat completions of OpenAI, with the key that the client has", async () => {
    expect(await chat(openai())).toBe(TEXT);
    expect(world.model.asked[0]!.headers).toMatchObject({ authorization: "Bearer sk-model-key" });
    expect(world.model.asked[0]!.headers).not.toHaveProperty("stream-proxy-token");
  });

  it("streams responses of OpenAI", async () => {
    const stream = await openai().responses.create({ model: "test", input: "Which?", stream: true });
    let text = "";
    for await (const event of stream) if (event.type === "response.output_text.delta") text += event.delta;
    expect(text).toBe(TEXT);
  });

  it("gives an answer that is one JSON text", async () => {
    const { choices } = await openai().chat.completions.create({ model: "test", messages: [QUESTION] });
    expect(choices[0]?.message.content).toBe(TEXT);
  });

  it("streams messages of Anthropic", async () => {
    const stream = anthropic().messages.stream({ model: "test", max_tokens: 10, messages: [QUESTION] });
    expect(await stream.finalText()).toBe(TEXT);
    expect(world.model.asked[0]!.headers).toMatchObject({ authorization: "Bearer sk-ant-key" });
  });

  it("streams what Gemini generates, byte for byte", async () => {
    const path = "/v1beta/models/gemini-test:streamGenerateContent?alt=sse";
    const response = await fetch(`${world.proxyUrl}/${world.model.url}${path}`, {
      method: "POST",
      headers: { ...TOKEN, "x-goog-api-key": "key" },
      body: "{}",
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const direct = await fetch(`${world.model.url}${path}`, { method: "POST", body: "{}" });
    expect(await response.text()).toBe(await direct.text());
    expect(world.model.asked[0]!.path).toBe(path);
  });

  it("asks the model once for one key, whoever left in mid-answer", async () => {
    const { pace, open } = gate(3);
    world.model.pace = pace;
    const headers = { "Idempotency-Key": "turn-1" };
    const leaving = new AbortController();
    const left = chat(openai(), { headers, signal: leaving.signal });
    await expect.poll(() => world.model.calls).toBe(1);
    leaving.abort();
    await left.catch(() => undefined);
    const again = chat(openai(), { headers });
    open();
    expect(await again).toBe(TEXT);
    expect(await chat(openai(), { headers })).toBe(TEXT);
    expect(world.model.calls).toBe(1);
    expect(world.model.dropped).toBe(0);
  });

  it("passes on what the model refuses, as the client knows it", async () => {
    world.model.on("/v1/refused/chat/completions", (response) => {
      response.writeHead(429, { "content-type": "application/json", "retry-after": "7" });
      response.end(JSON.stringify({ error: { message: "slow down", code: "rate_limit_exceeded" } }));
    });
    const client = openai({ baseURL: `${world.proxyUrl}/${world.model.url}/v1/refused` });
    const error = await chat(client).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect((error as InstanceType<typeof OpenAI.RateLimitError>).message).toContain("slow down");
    expect((error as InstanceType<typeof OpenAI.RateLimitError>).headers.get("retry-after")).toBe("7");
  });

  it("lets in nobody without the proxy's token", async () => {
    await expect(chat(openai({ defaultHeaders: {} }))).rejects.toThrow(/401/);
    expect(world.model.calls).toBe(0);
  });
});

describe("by giving it a fetch", () => {
  it("streams chat completions of OpenAI, and again after a reload, for one call of the model", async () => {
    const durableFetch = world.durableFetch();
    const client = openai({
      baseURL: `${world.model.url}/v1`,
      defaultHeaders: {},
      fetch: (url: string, init: RequestInit) =>
        durableFetch(url, { ...init, method: init.method ?? "POST", requestId: "openai-turn-1" }),
    });
    expect(await chat(client)).toBe(TEXT);
    expect(await chat(client)).toBe(TEXT);
    expect(world.model.calls).toBe(1);
    expect(world.model.asked[0]!.headers.authorization).toBe("Bearer sk-model-key");
  });

  it("streams messages of Anthropic", async () => {
    const durableFetch = world.durableFetch();
    const client = anthropic({
      baseURL: world.model.url,
      defaultHeaders: {},
      fetch: (url: string, init: RequestInit) =>
        durableFetch(url, { ...init, method: init.method ?? "POST" }),
    });
    const stream = client.messages.stream({ model: "test", max_tokens: 10, messages: [QUESTION] });
    expect(await stream.finalText()).toBe(TEXT);
  });
});
