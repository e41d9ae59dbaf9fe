/** Beside the official package: each reads what the other has written, and says the same of it. */
import * as official from "@durable-streams/tanstack-ai-transport";
import { createServer } from "@perennial/server";
import * as ours from "@perennial/tanstack-ai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answer, textOf, user } from "./support/app.ts";

const server = createServer({ port: 0, longPollTimeoutMs: 500, drainMs: 0 });
beforeAll(() => server.start());
afterAll(() => server.stop());

const packages = { official, ours };
const each = (["official", "ours"] as const).flatMap((writer) =>
  (["official", "ours"] as const).map((reader) => [writer, reader] as const),
);
let count = 0;

test.each(each)("a session that %s writes %s reads", async (writer, reader) => {
  const writeUrl = `${server.url}/v1/stream/interop/${count++}`;
  const response = await packages[writer].toDurableChatSessionResponse({
    ...{ stream: { writeUrl }, mode: "await", newMessages: [user("hi", "u")] },
    responseStream: answer("r", ["a", "b"]),
  });
  expect([response.status, await response.text(), response.headers.get("location")]).toEqual([200, "", null]);
  const { messages, offset } = await packages[reader].materializeSnapshotFromDurableStream({
    readUrl: writeUrl,
  });
  expect(messages.map(({ id, role }) => [id, role])).toEqual([
    ["u", "user"],
    ["answer-r", "assistant"],
  ]);
  expect(messages.map(textOf)).toEqual(["hi", "ab"]);
  const connection = packages[reader].durableStreamConnection({ sendUrl: writeUrl });
  for await (const chunk of connection.subscribe()) {
    expect(chunk).toMatchObject({ type: "MESSAGES_SNAPSHOT" });
    expect(chunk.messages.map(textOf)).toEqual(["hi", "ab"]);
    break;
  }
  expect(offset).toMatch(/^\d/);
});

test.each(each)("an answer that %s writes is a closed stream whose chunks %s had sent", async (writer) => {
  const writeUrl = `${server.url}/v1/stream/answers/${count++}`;
  const response = await packages[writer].toDurableStreamResponse(answer("r", ["a"]), {
    ...{ stream: { writeUrl }, mode: "await" },
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ streamUrl: writeUrl });
  expect((await fetch(writeUrl, { method: "HEAD" })).headers.get("stream-closed")).toBe("true");
});

test("the same messages are echoed the same, but for the moment", () => {
  const messages = [
    user("hi", "u"),
    { id: "a", role: "assistant", parts: [{ type: "text", text: "old" }, { type: "image" }] },
    { role: "robot", id: "r" },
  ];
  const plain = (chunks: ours.TanStackChunk[]) => chunks.map(({ timestamp: _, ...chunk }) => chunk);
  for (const message of messages)
    expect(plain(ours.toMessageEchoChunks(message))).toEqual(plain(official.toMessageEchoChunks(message)));
  const chunk = { type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "a", content: "aa" };
  for (const each of [chunk, { type: "CUSTOM", content: 1 }])
    expect(ours.sanitizeChunkForStorage(each)).toEqual(official.sanitizeChunkForStorage(each));
});
