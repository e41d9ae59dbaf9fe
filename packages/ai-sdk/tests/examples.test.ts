import { fileURLToPath } from "node:url";
import { examplesOf, typeErrors } from "@perennial/testing/examples";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const ai = fileURLToPath(new URL("../../ai", import.meta.url));

/** Snippets as the official documentation has them, with our import. */
const OFFICIAL = [
  `import { createDurableChatTransport } from "@perennial/ai-sdk";
import { AbstractChat, type ChatState, type UIMessage } from "ai";
declare const state: ChatState<UIMessage>;
class Chat extends AbstractChat<UIMessage> {}
const transport = createDurableChatTransport({ api: "/api/chat", reconnectApi: "/api/chat/1/stream", headers: { a: "b" }, fetchClient: fetch });
new Chat({ id: "1", transport, state });`,
  `import { toDurableStreamResponse, type ToDurableStreamResponseOptions } from "@perennial/ai-sdk";
import { streamText, type LanguageModel } from "ai";
declare const model: LanguageModel;
declare const waitUntil: ToDurableStreamResponseOptions["waitUntil"];
const result = streamText({ model, prompt: "Hi" });
export const response = await toDurableStreamResponse({
  source: result.toUIMessageStream({ originalMessages: [] }),
  stream: { writeUrl: new URL("https://example.com/w"), readUrl: "/r", headers: { authorization: () => "Bearer t" }, createIfMissing: true },
  mode: "immediate", waitUntil, exposeLocationHeader: true,
});`,
];

test("every example in the sources and the READMEs, and of the official documentation, type-checks", async () => {
  const examples = [
    ...OFFICIAL.map((code) => ({ from: "the official documentation", code })),
    ...(await examplesOf(ai)),
    ...(await examplesOf(root)),
  ];
  expect(examples.length).toBeGreaterThan(9);
  expect(await typeErrors(root, examples)).toBe("");
});
