/** People and devices on one session, each with TanStack AI's own client. */
import { type DurableStream, stream } from "@perennial/client";
import {
  ensureDurableChatSessionStream,
  materializeSnapshotFromDurableStream,
  type TanStackChunk,
  toDurableStreamResponse,
} from "@perennial/tanstack-ai";
import { expect, test, vi } from "vitest";
import { type App, answer, newAppForEachTest, textOf } from "./support/app.ts";

let app: App;
let session: DurableStream;

newAppForEachTest((made, its) => {
  app = made;
  session = its;
});

const texts = (client: ReturnType<App["page"]>) => client.getMessages().map(textOf);
const stored = async () =>
  (await (
    await stream<TanStackChunk>({ url: app.url, json: true, live: false, warnOnHttp: false })
  ).json()) as TanStackChunk[];

test("what one person says, and the answer, is seen by everybody", async () => {
  const [ada, bob] = [app.page(), app.page()];
  await ada.sendMessage("hello");
  await vi.waitFor(() => expect(texts(bob)).toEqual(["hello", "You said: hello"]));
  expect(texts(ada)).toEqual(["hello", "You said: hello"]);
  // A client takes the end of any run for the end of its own.
  await vi.waitFor(() => expect(bob.getSessionGenerating()).toBe(false));
  await bob.sendMessage("again");
  await vi.waitFor(() => expect(texts(ada)).toEqual(texts(bob)));
  expect(texts(ada)).toHaveLength(4);
});

test("a page that comes later has all of it, without the chunks", async () => {
  await app.page().sendMessage("hello");
  const seen: TanStackChunk[] = [];
  const signal = new AbortController();
  for await (const chunk of app.connection().subscribe(signal.signal)) {
    seen.push(chunk);
    signal.abort();
  }
  expect(seen).toMatchObject([
    { type: "MESSAGES_SNAPSHOT", messages: [{ role: "user" }, { role: "assistant" }] },
  ]);
  const late = app.page();
  await vi.waitFor(() => expect(texts(late)).toEqual(["hello", "You said: hello"]));
});

test("a page that was made on the server goes on where that left off", async () => {
  await app.page().sendMessage("hello");
  const { messages, offset } = await materializeSnapshotFromDurableStream({ readUrl: app.url });
  const page = app.page({ initialOffset: offset }, messages);
  expect(texts(page)).toEqual(["hello", "You said: hello"]);
  await page.sendMessage("more");
  await vi.waitFor(() => expect(texts(page)).toEqual(["hello", "You said: hello", "more", "You said: more"]));
});

test("an answer that fails ends with an error for everybody, which does not tell what it was", async () => {
  app.model = async function* () {
    yield { type: "RUN_STARTED", runId: "r", threadId: "t" };
    yield { type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: "I was about to" };
    throw new Error("key sk-123 is over its limit");
  };
  const page = app.page();
  const error = vi.spyOn(console, "error").mockReturnValue();
  await page.sendMessage("hello").catch(() => undefined);
  await vi.waitFor(() => expect(page.getStatus()).toBe("error"));
  await vi.waitFor(() => expect(error).toHaveBeenCalled());
  expect(await stored()).toContainEqual(
    expect.objectContaining({ type: "RUN_ERROR", runId: "r", message: "An error occurred." }),
  );
});

test("anybody stops a run: what was said stays, the model hears of it, and everybody sees the end", async () => {
  let stopped = false;
  app.model =
    () =>
    ({ signal }) =>
      answer(
        "run-1",
        (async function* () {
          yield "one ";
          await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
          stopped = true;
        })(),
      );
  const [ada, bob] = [app.page(), app.page()];
  const sent = ada.sendMessage("count");
  await vi.waitFor(() => expect(texts(bob)).toEqual(["count", "one "]));
  await vi.waitFor(async () => expect(await app.stopRun("run-1", "enough")).toEqual({ kind: "asked" }));
  await sent;
  expect(stopped).toBe(true);
  await vi.waitFor(() => expect(bob.getSessionGenerating()).toBe(false));
  expect(texts(bob)).toEqual(["count", "one "]);
  await vi.waitFor(async () => expect((await app.stopRun("run-1")).kind).not.toBe("asked"));
});

test("a session that is closed, and one that is no JSON, are told apart from trouble", async () => {
  await session.close();
  await expect(ensureDurableChatSessionStream({ writeUrl: app.url })).rejects.toThrow(
    "is closed, or no stream of JSON",
  );
  await expect(
    ensureDurableChatSessionStream({ writeUrl: `${app.url}x`, contentType: "text/plain" }),
  ).rejects.toThrow('must use content type "application/json"');
});

test("an answer in a stream of its own is read to its end, each chunk once", async () => {
  const writeUrl = `${app.server.url}/v1/stream/answers/1`;
  const response = await toDurableStreamResponse(answer("r", ["a", "b"]), {
    stream: { writeUrl },
    mode: "await",
  });
  expect([response.status, response.headers.get("location")]).toEqual([200, writeUrl]);
  const chunks: TanStackChunk[] = [];
  for await (const chunk of stream({ url: writeUrl, live: "sse", json: true, warnOnHttp: false }))
    chunks.push(chunk);
  expect(chunks.map(({ type }) => type)).toEqual([
    ...["CUSTOM", "RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_CONTENT"],
    ...["TEXT_MESSAGE_END", "RUN_FINISHED"],
  ]);
});
