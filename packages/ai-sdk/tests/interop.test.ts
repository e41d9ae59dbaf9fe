/** Beside the official transport: each reads what the other has written. */
import * as official from "@durable-streams/aisdk-transport";
import * as ours from "@perennial/ai-sdk";
import { createServer } from "@perennial/server";
import type { UIMessage, UIMessageChunk } from "ai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SDKS, textOf } from "./support/sdks.ts";

const server = createServer({ port: 0, longPollTimeoutMs: 500, drainMs: 0 });
beforeAll(() => server.start());
afterAll(() => server.stop());

/** Every type of chunk that the newest version has, and one that it does not have yet. */
const EVERY_TYPE = [
  { type: "start", messageId: "m", messageMetadata: { a: 1 } },
  { type: "start-step" },
  { type: "message-metadata", messageMetadata: { b: 2 } },
  { type: "reasoning-start", id: "r", providerMetadata: { p: { x: 1 } } },
  { type: "reasoning-delta", id: "r", delta: "hm" },
  { type: "reasoning-end", id: "r" },
  { type: "reasoning-file", url: "data:,x", mediaType: "text/plain" },
  { type: "text-start", id: "t" },
  { type: "text-delta", id: "t", delta: "Hello, " },
  { type: "text-delta", id: "t", delta: "world" },
  { type: "text-end", id: "t" },
  { type: "file", url: "data:,x", mediaType: "text/plain" },
  { type: "source-url", sourceId: "s", url: "https://example.com" },
  { type: "source-document", sourceId: "d", mediaType: "text/plain", title: "T" },
  { type: "tool-input-start", toolCallId: "c", toolName: "weather" },
  { type: "tool-input-delta", toolCallId: "c", inputTextDelta: '{"city":' },
  { type: "tool-input-delta", toolCallId: "c", inputTextDelta: '"Oslo"}' },
  { type: "tool-input-available", toolCallId: "c", toolName: "weather", input: { city: "Oslo" } },
  { type: "tool-approval-request", approvalId: "a", toolCallId: "c" },
  { type: "tool-approval-response", approvalId: "a", approved: true },
  { type: "tool-output-available", toolCallId: "c", output: 4, preliminary: false },
  { type: "tool-input-start", toolCallId: "e", toolName: "weather" },
  { type: "tool-input-error", toolCallId: "e", toolName: "weather", input: 1, errorText: "no" },
  { type: "tool-output-error", toolCallId: "e", errorText: "no" },
  { type: "tool-output-denied", toolCallId: "e" },
  { type: "data-progress", id: "p", data: { done: 1 } },
  { type: "custom", kind: "a.b" },
  { type: "steering-message", id: "s", parts: [] },
  { type: "something-new", with: ["what", { it: "holds" }] },
  { type: "finish-step" },
  { type: "reset-step" },
  { type: "finish", finishReason: "stop" },
] as unknown as UIMessageChunk[];

const packages = { official, ours };
const each = (["official", "ours"] as const).flatMap((writer) =>
  (["official", "ours"] as const).map((reader) => [writer, reader] as const),
);
let count = 0;

test.each(each)("what %s writes %s reads, chunk by chunk", async (writer, reader) => {
  const writeUrl = `${server.url}/v1/stream/interop/${count++}`;
  const source = async function* () {
    yield* EVERY_TYPE;
  };
  const written = packages[writer].toDurableStreamResponse({ source: source(), stream: { writeUrl } });
  const fetchClient: typeof fetch = (input, init) =>
    String(input).startsWith(server.url) ? fetch(input, init) : written.then((answer) => answer.clone());
  const transport = packages[reader].createDurableChatTransport({ api: "http://app.test", fetchClient });
  const chunks = await transport.sendMessages({
    ...{ trigger: "submit-message", chatId: "c", messageId: undefined, messages: [], abortSignal: undefined },
  });
  const seen: UIMessageChunk[] = [];
  for await (const chunk of chunks as unknown as AsyncIterable<UIMessageChunk>) seen.push(chunk);
  const notes = reader === "official" && writer === "ours" ? 1 : 0;
  expect(seen.slice(notes)).toEqual(EVERY_TYPE);
  // A note of ours is a transient data part: it reaches no message.
  if (notes > 0) expect(seen[0]).toMatchObject({ type: "data-perennial-writer", transient: true });
});

test.each(Object.keys(SDKS))(
  "%s makes one message of our chunks, with the notes and without",
  async (name) => {
    const text = EVERY_TYPE.slice(7, 11);
    const messageOf = async (chunks: UIMessageChunk[]): Promise<UIMessage | undefined> => {
      let last: UIMessage | undefined;
      const stream = new ReadableStream<UIMessageChunk>({
        start: (controller) => {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      });
      for await (const message of SDKS[name]!.readUIMessageStream({ stream })) last = message;
      return last;
    };
    const note = ours.uiMessageFormat.note({ writer: "w", leaseMs: 10_000 });
    const plain = await messageOf([EVERY_TYPE[0]!, ...text]);
    expect(textOf(plain)).toBe("Hello, world");
    expect(await messageOf([note, EVERY_TYPE[0]!, text[0]!, note, ...text.slice(1), note])).toEqual(plain);
  },
);
