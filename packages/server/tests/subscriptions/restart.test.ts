/** What a restart keeps, on a real disk: everything. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type DurableStreamsServer, openLocalLog } from "@perennial/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Http } from "../support/http.ts";
import { Control, codeOf, until } from "../support/subscriptions.ts";
import { Clock } from "../support/through-each-door.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";

let directory = "";
let server: DurableStreamsServer;
let c: Control;
let clock: Clock;

async function start(): Promise<void> {
  server = createServer({
    ...{
      port: 0,
      stopGraceMs: 0,
      webhookHosts: "localhost",
      now: clock.read,
      publicUrl: "https://example.com",
    },
    ...{ monotonicNow: () => performance.now() },
    log: () => openLocalLog({ directory }),
  });
  await server.start();
  c = new Control(new Http(server.url));
}

async function restart(): Promise<void> {
  await server.stop();
  await start();
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "perennial-subscriptions-"));
  clock = new Clock();
  await start();
});

afterEach(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

const jwks = async () => (await c.http.send("GET", "/v1/stream/__ds/jwks.json")).text;

test("settings, cursors, links, the wake, its lease, its token and the keys", async () => {
  await c.pull("one", { pattern: "a/*", streams: ["x"], lease_ttl_ms: 60_000, description: "hello" });
  await c.append("a/1");
  await c.append("a/2");
  const claimed = await c.claimed("one");
  const [first] = claimed.streams;
  await c.ack("one", claimed, { acks: [{ stream: first!.path, offset: first!.tail_offset }] });
  await until(async () => (await c.events("wakes-one")).length === 1);
  const [before, keys] = [await c.show("one"), await jwks()];
  await restart();
  expect(await jwks()).toBe(keys);
  await until(async () => JSON.stringify(await c.show("one")) === JSON.stringify(before));
  expect(codeOf(await c.claim("one", "other"))).toBe("ALREADY_CLAIMED");
  expect((await c.done("one", claimed)).text).toBe('{"ok":true,"next_wake":false}');
  await restart();
  expect(codeOf(await c.claim("one"))).toBe("NO_PENDING_WORK");
  await c.append("a/1");
  expect((await c.claimed("one")).generation).toBe(2);
});

test("what was pending without a wake is found again, and a lease runs out on time", async () => {
  await c.pull("two", { streams: ["b"], lease_ttl_ms: 1000 });
  await c.append("b");
  await c.claimed("two");
  clock.advance(2000);
  await restart();
  await until(async () => (await c.show("two")).generation === 2);
  expect((await c.claimed("two")).streams).toMatchObject([{ path: "b", has_pending: true }]);
});

test("a delivery that failed is tried again when its time comes, and a dead letter stays one", async () => {
  const hook = await WebhookReceiver.open();
  try {
    hook.answer = () => ({ status: 500 });
    await c.put("three", { type: "webhook", streams: ["d"], webhook: { url: hook.url } });
    await c.append("d");
    await hook.next(0);
    await until(async () => (await c.show("three")).status === "failed");
    await restart();
    expect((await c.show("three")).status).toBe("failed");
    expect(hook.got).toHaveLength(1);
    clock.advance(1300);
    const again = await hook.next(1);
    expect(again.body.wake_id).toBe(hook.got[0]!.body.wake_id);
  } finally {
    await hook.close();
  }
});

test("a deleted one stays deleted, with all that it had", async () => {
  await c.pull("gone", { pattern: "e/*" });
  for (let n = 0; n < 20; n++) await c.append(`e/${n}`);
  await c.send("DELETE", "gone");
  await restart();
  expect((await c.send("GET", "gone")).status).toBe(404);
  await c.append("e/1");
  await c.pull("gone", { pattern: "e/*" });
  expect(codeOf(await c.claim("gone"))).toBe("NO_PENDING_WORK");
});

test("a deleted stream is linked no more", async () => {
  await c.pull("four", { pattern: "f/*" });
  await c.append("f/1");
  await c.done("four", await c.claimed("four"));
  await c.http.delete("f/1");
  await restart();
  expect((await c.show("four")).streams).toEqual([]);
});
