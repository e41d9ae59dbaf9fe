import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { DurableStream } from "@perennial/client";
import {
  runWorker,
  SubscriptionError,
  Subscriptions,
  WebhookSignatureError,
  WebhookVerifier,
} from "@perennial/client/subscriptions";
import { createServer, type DurableStreamsServer } from "@perennial/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let server: DurableStreamsServer;
let root = "";
let subscriptions: Subscriptions;
beforeAll(async () => {
  server = createServer({ port: 0, stopGraceMs: 0, webhookHosts: "localhost" });
  await server.start();
  root = `${server.url}/v1/stream`;
  subscriptions = new Subscriptions({ url: `${root}/` });
});
afterAll(() => server.stop());

const open = (path: string) =>
  DurableStream.create({ url: `${root}/${path}`, contentType: "application/json" });

test("create, confirm, look, change, delete", async () => {
  const config = { type: "pull-wake", streams: ["x/1"], wake_stream: "w" } as const;
  expect(await subscriptions.create("webhook:name", config)).toMatchObject({
    id: "webhook:name",
    status: "active",
  });
  await subscriptions.create("webhook:name", config);
  const conflict = subscriptions.create("webhook:name", { ...config, wake_stream: "other" });
  await expect(conflict).rejects.toMatchObject({ status: 409, code: "SUBSCRIPTION_ALREADY_EXISTS" });
  await subscriptions.addStreams("webhook:name", ["x/2"]);
  await subscriptions.removeStream("webhook:name", "x/1");
  expect((await subscriptions.get("webhook:name"))!.streams.map(({ path }) => path)).toEqual(["x/2"]);
  expect(await subscriptions.deadLetters("webhook:name")).toEqual([]);
  expect(await subscriptions.claim("webhook:name", "me")).toBeUndefined();
  await subscriptions.delete("webhook:name");
  expect(await subscriptions.get("webhook:name")).toBeUndefined();
  expect(await subscriptions.claim("webhook:name", "me")).toBeUndefined();
});

test("a claimed wake: ack, done, and it is over", async () => {
  const stream = await open("c/1");
  await subscriptions.create("c", { type: "pull-wake", streams: ["c/1"], wake_stream: "w" });
  await stream.append({ n: 1 });
  const wake = (await subscriptions.claim("c", "me"))!;
  expect(wake.pending).toMatchObject([{ path: "c/1" }]);
  await wake.extend();
  await stream.append({ n: 2 });
  expect(await wake.done()).toBe(true);
  await expect(wake.extend()).rejects.toBeInstanceOf(SubscriptionError);
  const next = (await subscriptions.claim("c", "me"))!;
  await next.ack([{ stream: "c/1", offset: next.pending[0]!.tail_offset }]);
  await next.release();
});

test("workers share what is announced: each stream's news are handled by one of them, also after one has failed", async () => {
  const wakes = await open("wakes");
  const streams = await Promise.all(Array.from({ length: 8 }, (_, n) => open(`agents/${n}`)));
  for (const n of streams.keys())
    await subscriptions.create(`agent-${n}`, {
      ...{ type: "pull-wake", streams: [`agents/${n}`], wake_stream: "wakes", lease_ttl_ms: 1000 },
    });
  const handled: string[] = [];
  let [active, most] = [0, 0];
  const errors: unknown[] = [];
  const stop = new AbortController();
  const work = (worker: string) =>
    runWorker({
      ...{ subscriptions, wakeStream: "wakes", worker, concurrency: 2, signal: stop.signal },
      onError: (error) => errors.push(error),
      handle: async (wake, signal) => {
        active += 1;
        most = Math.max(most, active);
        // Longer than the lease, which is renewed meanwhile.
        await delay(wake.subscriptionId === "agent-3" ? 1500 : 20);
        active -= 1;
        if (errors.length === 0 && wake.subscriptionId === "agent-1") throw new Error("cannot");
        expect(signal.aborted).toBe(false);
        handled.push(wake.subscriptionId);
      },
    });
  const workers = [work("one"), work("two")];
  await until(async () => (await wakes.head()).exists);
  for (const stream of streams) await stream.append({ text: "hello" });
  await until(() => new Set(handled).size === 8);
  await until(async () => {
    const infos = await Promise.all(streams.map((_, n) => subscriptions.get(`agent-${n}`)));
    return infos.every((info) => info!.streams.every(({ has_pending }) => !has_pending));
  });
  stop.abort();
  await Promise.all(workers);
  expect([...handled].sort()).toEqual(streams.map((_, n) => `agent-${n}`));
  expect(errors).toMatchObject([{ message: "cannot" }]);
  expect(most).toBeLessThanOrEqual(4);
}, 60_000);

describe("webhooks", () => {
  /** A webhook that verifies what it gets. */
  async function receiver(verifier: WebhookVerifier) {
    const got: { raw: string; signature: string; wake: unknown }[] = [];
    const http = createHttpServer(async (request, response) => {
      let raw = "";
      for await (const part of request) raw += String(part);
      const signature = String(request.headers["webhook-signature"]);
      const wake = await verifier.verify(raw, signature);
      got.push({ raw, signature, wake });
      const held = subscriptions.wakeOf(wake);
      response.end("{}");
      await held.done();
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
    return { got, url, close: () => new Promise((resolve) => http.close(resolve)) };
  }

  test("a webhook is verified, and its worker calls back", async () => {
    const verifier = new WebhookVerifier({ jwksUrl: `${root}/__ds/jwks.json` });
    const hook = await receiver(verifier);
    await subscriptions.create("hook", { type: "webhook", streams: ["h/1"], webhook: { url: hook.url } });
    await (await open("h/1")).append({ n: 1 });
    await until(async () =>
      (await subscriptions.get("hook"))!.streams.every(({ has_pending }) => !has_pending),
    );
    const [{ raw, signature }] = hook.got as [(typeof hook.got)[number]];
    const request = new Request("http://x/", {
      method: "POST",
      body: raw,
      headers: { "Webhook-Signature": signature },
    });
    expect(await verifier.verifyRequest(request)).toMatchObject({ subscription_id: "hook" });
    const old = new WebhookVerifier({ jwksUrl: `${root}/__ds/jwks.json`, now: () => Date.now() + 301_000 });
    for (const [judge, body, signed] of [
      [verifier, `${raw} `, signature],
      [verifier, raw, signature.replace(/t=(\d)/, "t=9")],
      [verifier, raw, signature.replace(/kid=ds_/, "kid=ds_x")],
      [verifier, raw, undefined],
      [verifier, raw, "t=1,kid=x,ed25519=short"],
      [old, raw, signature],
    ] as const)
      await expect(judge.verify(body, signed)).rejects.toBeInstanceOf(WebhookSignatureError);
    await hook.close();
  });

  test("unknown keys are asked for seldom", async () => {
    let asked = 0;
    let now = Date.now();
    const verifier = new WebhookVerifier({
      jwksUrl: `${root}/__ds/jwks.json`,
      now: () => now,
      fetch: (...request) => {
        asked += 1;
        return fetch(...request);
      },
    });
    const forged = () => ["{}", `t=${Math.floor(now / 1000)},kid=none,ed25519=${"A".repeat(86)}`] as const;
    for (let n = 0; n < 5; n++) await expect(verifier.verify(...forged())).rejects.toThrow("no key");
    expect(asked).toBe(1);
    now += 11_000;
    await expect(verifier.verify(...forged())).rejects.toThrow("no key");
    expect(asked).toBe(2);
  });
});

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await delay(10);
}

test("a server that does not give its keys is waited for no longer than was said", async () => {
  const silent = createHttpServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const verifier = new WebhookVerifier({ jwksUrl: `http://127.0.0.1:${port}/jwks.json`, timeoutMs: 50 });
  const header = `t=${Math.floor(Date.now() / 1000)},kid=ds_1,ed25519=${"A".repeat(86)}`;
  await expect(verifier.verify("{}", header)).rejects.toThrow(/timeout/);
  silent.closeAllConnections();
  silent.close();
});
