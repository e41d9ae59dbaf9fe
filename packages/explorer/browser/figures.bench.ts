/** What the explorer promises about time and traffic, measured and held to: `npm run bench -w @perennial/explorer`. */

import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { IdempotentProducer } from "@perennial/client";
import type { CDPSession, Page } from "playwright-core";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const LONG_BYTES = 400e6;
const FIRST_VIEW_MS = 300;
const SLOW_LINE_BYTES_PER_S = 1.6e6 / 8;
const SLOW_FIRST_VIEW_MS = 1500;
const STREAMS = 100_000;
const IDLE_BYTES_PER_S = 1000;
const IDLE_S = 20;
const TOKENS_PER_S = 200;
const TOKENS_S = 10;
const TOKENS_SHARE = 0.3;

const explorer = startExplorer();

const show = (name: string, value: string): void => console.log(`${name.padEnd(52)} ${value}`);

/** From the start of the navigation until the newest message is in sight, ms. */
async function firstView(page: Page, words: string): Promise<number> {
  return page.evaluate(async (sought) => {
    const isThere = (): boolean =>
      [...document.querySelectorAll(".message-preview")].some((row) => row.textContent?.includes(sought));
    while (!isThere()) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now();
  }, words);
}

test("a stream of 400 MB shows its newest messages at once", async () => {
  const handle = await explorer.server.create("long", "application/json");
  const text = "x".repeat(980);
  for (let n = 0; n < LONG_BYTES / 1000; n += 1000) {
    const body = JSON.stringify(Array.from({ length: 1000 }, (_, index) => ({ n: n + index, text })));
    await fetch(handle.url, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  }
  const newest = `"n":${LONG_BYTES / 1000 - 1},`;
  // Whoever comes for the second time has the page's files: what counts is the stream.
  const page = await explorer.open("/");
  await page.getByText("long").first().waitFor();
  await page.goto(`${explorer.server.origin}/streams/long`);
  const local = await firstView(page, newest);
  show("400 MB: first view on this machine", `${Math.round(local)} ms`);
  await page.close();
  const slow = await explorer.open("/licenses.txt");
  const session = await slow.context().newCDPSession(slow);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    ...{ offline: false, latency: 20 },
    downloadThroughput: SLOW_LINE_BYTES_PER_S,
    uploadThroughput: SLOW_LINE_BYTES_PER_S,
  });
  await slow.goto(`${explorer.server.origin}/streams/long`);
  const far = await firstView(slow, newest);
  show("400 MB: first view at 1.6 Mbit/s, nothing cached", `${Math.round(far)} ms`);
  await slow.close();
  expect(local).toBeLessThan(FIRST_VIEW_MS);
  expect(far).toBeLessThan(SLOW_FIRST_VIEW_MS);
});

/** How long the page's thread has been at work, s. */
async function workS(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
}

test("200 tokens a second are read along with little work", async () => {
  const handle = await explorer.server.create("tokens", "application/json");
  const page = await explorer.open("/streams/tokens?panel=read");
  await page.getByText("Nothing has been written yet.").waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const producer = new IdempotentProducer(handle, "model", { lingerMs: 0 });
  const before = await workS(session);
  const begun = performance.now();
  for (let token = 0; token < TOKENS_PER_S * TOKENS_S; token++) {
    producer.append(JSON.stringify({ choices: [{ delta: { content: `token${token} ` } }] }));
    const due = begun + (token * 1000) / TOKENS_PER_S;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  await producer.flush({ rejectOnError: true });
  await page.getByText(`token${TOKENS_PER_S * TOKENS_S - 1}`).waitFor();
  const share = (await workS(session)) - before;
  const elapsed = (performance.now() - begun) / 1000;
  show("200 tokens/s: the page's thread", `${((100 * share) / elapsed).toFixed(1)} % of a core`);
  expect(share / elapsed).toBeLessThan(TOKENS_SHARE);
});

test(`an idle page costs little with ${STREAMS} streams`, async () => {
  const paths = Array.from({ length: STREAMS }, (_, index) => `idle/${index % 100}/stream-${index}`).values();
  const put = async (): Promise<void> => {
    for (const path of paths) await explorer.server.create(path, "text/plain");
  };
  await Promise.all(Array.from({ length: 32 }, put));
  const proxy = await countingProxy(Number(new URL(explorer.server.origin).port));
  const page = await explorer.open("/", { origin: proxy.origin });
  await page.getByText(/100\u202f00\d streams$/).waitFor({ timeout: 120_000 });
  show("100,000 streams listed, over the wire", `${(proxy.bytes() / 1e6).toFixed(1)} MB`);
  const before = proxy.bytes();
  await page.waitForTimeout(IDLE_S * 1000);
  const rate = (proxy.bytes() - before) / IDLE_S;
  show("idle page, both directions, headers included", `${Math.round(rate)} B/s`);
  await page.close();
  proxy.close();
  expect(rate).toBeLessThan(IDLE_BYTES_PER_S);
});

/** Passes bytes on to a port, and counts them. */
async function countingProxy(port: number) {
  let bytes = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("data", (data) => (bytes += data.length));
      socket.on("error", () => socket.destroy());
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${own}`,
    bytes: () => bytes,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
