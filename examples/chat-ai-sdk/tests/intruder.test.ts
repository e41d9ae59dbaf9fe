/** What others send to the demo than its page. */
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { App } from "./app.ts";

let app: App;
beforeAll(async () => {
  app = await App.start();
});
afterAll(() => app?.stop());

const JSON_TYPE = { "content-type": "application/json" };
let chats = 0;
const newChat = () => `intruder-${++chats}`;
const said = (text: unknown, id: unknown = "m1") => ({ id, role: "user", parts: [{ type: "text", text }] });
const bodyOf = (id: string, ...messages: unknown[]) => JSON.stringify({ id, messages });

/** Sends what no browser's `fetch` would. */
function send(path: string, method: string, headers: Record<string, string>, body = ""): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const ask = (body: string, headers = {}) => send("/api/chat", "POST", { ...JSON_TYPE, ...headers }, body);
const sessionOf = async (chat: string) =>
  (await fetch(`${app.url}/api/session/${chat}?offset=-1`)).json() as Promise<{ type: string }[]>;

test("a page of another origin says nothing in a chat, and a name that leads here reads none", async () => {
  const chat = newChat();
  for (const origin of ["http://evil.example", "null", "http://localhost:1"])
    expect(await ask(bodyOf(chat, said("from elsewhere")), { origin, "content-type": "text/plain" })).toBe(
      403,
    );
  expect(await sessionOf(chat)).toEqual([]);
  const { port } = new URL(app.url);
  expect(await send("/api/chats?offset=-1", "GET", { host: `evil.example:${port}` })).toBe(403);
  const host = `localhost:${port}`;
  expect(await send("/api/chats?offset=-1", "GET", { host, origin: `http://${host}` })).toBe(200);
});

test.each([
  ["no parts", { id: "m1", role: "user" }],
  ["parts that are nothing", { id: "m1", role: "user", parts: [null] }],
  ["a text that is none", said({ a: 1 })],
  ["no text", said("  ")],
  ["no id", { role: "user", parts: [{ type: "text", text: "hi" }] }],
  [
    "a file",
    { id: "m1", role: "user", parts: [{ type: "file", url: "http://127.0.0.1/", mediaType: "a/b" }] },
  ],
  ["another's role", { ...said("hi"), role: "assistant" }],
  ["nothing", null],
])("a message with %s is not stored", async (_, message) => {
  const chat = newChat();
  expect(await ask(bodyOf(chat, message))).toBe(400);
  expect(await sessionOf(chat)).toEqual([]);
});

test("bodies that are no question are refused by what is wrong with them", async () => {
  for (const body of ["", "{", "null", "5", '{"id":"q","messages":5}']) expect(await ask(body)).toBe(400);
  expect(await ask(bodyOf("../x", said("hi")))).toBe(400);
  expect(await ask(`"${"x".repeat(1_000_001)}"`)).toBe(413);
});

test("of several who ask at once, and of a request that the network repeats, one is answered", async () => {
  const chat = newChat();
  const { calls } = await app.model();
  const together = await Promise.all(
    ["m1", "m1", "m2", "m3"].map((id) => ask(bodyOf(chat, said("At once?", id)))),
  );
  expect(together.sort()).toEqual([201, 409, 409, 409]);
  await fetch(`${app.url}/api/chat/${chat}/stop`, { method: "POST" });
  await expect.poll(async () => (await sessionOf(chat)).at(-1)?.type, { timeout: 60_000 }).toBe("over");
  expect(await ask(bodyOf(chat, said("At once?")))).toBe(409);
  expect((await sessionOf(chat)).map(({ type }) => type)).toEqual(["message", "begun", "over"]);
  expect((await app.model()).calls).toBe(calls + 1);
});

test("a conversation of more than a request may bring is answered still, and halves of letters are stored", async () => {
  const chat = newChat();
  // The title is cut in the middle of a letter that has two halves.
  const texts = [`${"x".repeat(39)}😀\ud83d`, ...[..."abcdef"].map((letter) => letter.repeat(190_000))];
  for (const text of texts) {
    expect(await ask(bodyOf(chat, said(text, `m-${text[0]}`)))).toBe(201);
    await fetch(`${app.url}/api/chat/${chat}/stop`, { method: "POST" });
    await expect.poll(async () => (await sessionOf(chat)).at(-1)?.type, { timeout: 60_000 }).toBe("over");
  }
});
