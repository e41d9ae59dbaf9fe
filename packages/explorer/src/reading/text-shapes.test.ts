import { describe, expect, test } from "vitest";
import { contentOf, fieldShape, guessShape, textFields } from "./text-shapes.ts";

const read = (messages: readonly object[]) => {
  const contents = messages.map(contentOf);
  const shape = guessShape(contents);
  const text = contents.map((message) => shape?.read(message)?.text ?? "").join("");
  return { name: shape?.name, text };
};

describe("the text in JSON messages is found", () => {
  const delta = (content: object, finish_reason: string | null = null) => ({
    ...{ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: content, finish_reason }] },
  });
  test.each([
    [
      "OpenAI chat",
      [
        delta({ role: "assistant", content: "" }),
        delta({ content: "Hel" }),
        delta({ content: "lo" }),
        delta({}, "stop"),
      ],
    ],
    [
      "OpenAI responses",
      [
        { type: "response.created", response: { id: "r" } },
        { type: "response.output_text.delta", delta: "Hel", item_id: "m" },
        { type: "response.output_text.delta", delta: "lo", item_id: "m" },
        { type: "response.output_text.done", text: "Hello" },
      ],
    ],
    [
      "Anthropic",
      [
        { type: "message_start", message: { role: "assistant", content: [] } },
        { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
        { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "lo" } },
        { type: "message_stop" },
      ],
    ],
    [
      "Gemini",
      [
        { candidates: [{ content: { role: "model", parts: [{ text: "Hel" }] } }] },
        {
          candidates: [
            { content: { role: "model", parts: [{ text: "l" }, { text: "o" }] }, finishReason: "STOP" },
          ],
        },
      ],
    ],
    [
      "AI SDK",
      [
        { type: "start", messageId: "m" },
        { type: "text-start", id: "0" },
        { type: "text-delta", id: "0", delta: "Hel" },
        { type: "text-delta", id: "0", delta: "lo" },
        { type: "finish" },
      ],
    ],
    [
      "AG-UI",
      [
        { type: "RUN_STARTED", threadId: "t" },
        { type: "TEXT_MESSAGE_START", messageId: "m", role: "assistant" },
        { type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "Hel" },
        { type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "lo" },
        { type: "TEXT_MESSAGE_END", messageId: "m" },
      ],
    ],
    [
      "Chat messages",
      [
        { role: "user", content: "Hel" },
        { role: "assistant", parts: [{ type: "text", text: "lo" }] },
      ],
    ],
    [
      "token",
      [
        { index: 0, token: "Hel", at: "2026-01-12" },
        { index: 1, token: "lo", at: "2026-01-12" },
      ],
    ],
    [
      "Chat messages",
      [
        {
          type: "message",
          key: "1",
          value: { from: "ada", text: "Hello" },
          headers: { operation: "insert" },
        },
      ],
    ],
  ])("%s", (name, messages) => {
    expect(read(messages)).toEqual({ name, text: "Hello" });
  });

  test("and where it is not, fields are offered, those named like text first", () => {
    const messages = [
      { id: "0123456789", payload: { note: "x", text: "y" }, n: 1, "a.b": "no path leads there" },
    ];
    expect(guessShape([{ id: "0", n: 1 }])).toBeUndefined();
    expect(textFields(messages)).toEqual(["payload.text", "id", "payload.note"]);
    expect(fieldShape("payload.note").read(messages[0]!)).toEqual({ text: "x" });
    expect(fieldShape("payload.note").read({ payload: null })).toBeUndefined();
  });
});
