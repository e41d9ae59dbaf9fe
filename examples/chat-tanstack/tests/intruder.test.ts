/** What others send to the demo than its page. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { App } from "@perennial/example-chat-ai-sdk/tests/app";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DIST } from "./program.ts";

let app: App;
beforeAll(async () => {
  app = await App.start(DIST);
});
afterAll(() => app?.stop());

const SAID = { id: "m1", role: "user", parts: [{ type: "text", content: "@all from elsewhere" }] };

/** Says something, by a request that no browser's `fetch` would send. */
function say(
  path: string,
  headers: Record<string, string> = {},
  body = JSON.stringify({ messages: [SAID] }),
) {
  return new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    const type = { "content-type": "application/json" };
    const options = { hostname, port, path, method: "POST", headers: { ...type, ...headers } };
    const sent = request(options, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

test("a path that names another machine leads nowhere", async () => {
  let heard = 0;
  const other = createServer((_, response) => {
    heard++;
    response.end("{}");
  });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  expect(await say(`/api/..//127.0.0.1:${port}/room/1`)).toBe(403);
  expect(heard).toBe(0);
  other.close();
});

test("a page of another origin says nothing in a room, and what is no JSON is refused as that", async () => {
  const foreign = { origin: "http://evil.example", "content-type": "text/plain" };
  expect(await say("/api/room/intruder", foreign)).toBe(403);
  expect(await (await fetch(`${app.url}/api/room/intruder?offset=-1`)).json()).toEqual([]);
  expect(await say("/api/room/intruder", {}, "{")).toBe(400);
  expect(await say("/api/room/intruder", {}, "")).toBe(400);
  expect(await say("/api/room/intruder", {}, "x".repeat(1_000_001))).toBe(413);
});
