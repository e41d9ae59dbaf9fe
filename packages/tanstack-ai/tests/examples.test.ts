import { fileURLToPath } from "node:url";
import { examplesOf, typeErrors } from "@perennial/testing/examples";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Snippets as the official documentation has them, with our import. */
const OFFICIAL = [
  `import { durableStreamConnection } from "@perennial/tanstack-ai";
import { ChatClient } from "@tanstack/ai-client";
declare const resumeOffsetFromSSR: string | undefined;
const connection = durableStreamConnection({
  sendUrl: "/api/chat?id=chat_123",
  readUrl: "/api/chat-stream?id=chat_123",
  initialOffset: resumeOffsetFromSSR,
  headers: { authorization: "Bearer t" },
});
new ChatClient({ connection });`,
  `import { ensureDurableChatSessionStream, materializeSnapshotFromDurableStream, toDurableChatSessionResponse, type TanStackChunk } from "@perennial/tanstack-ai";
declare const writeUrl: string;
declare const headers: Record<string, string>;
declare const latestUserMessage: { id: string; role: string; parts: { type: string; content: string }[] };
declare const responseStream: AsyncIterable<TanStackChunk>;
await ensureDurableChatSessionStream({ writeUrl, headers });
const { messages, offset } = await materializeSnapshotFromDurableStream({ readUrl: writeUrl, headers });
export const page = { messages, offset };
export const response = await toDurableChatSessionResponse({
  stream: { writeUrl, headers }, newMessages: [latestUserMessage], responseStream, mode: "immediate",
});`,
];

test("every example in the sources and the README, and of the official documentation, type-checks", async () => {
  const examples = [
    ...OFFICIAL.map((code) => ({ from: "the official documentation", code })),
    ...(await examplesOf(root)),
  ];
  expect(examples.length).toBeGreaterThan(6);
  expect(await typeErrors(root, examples)).toBe("");
});
