import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";
import { startServer } from "./support/server.ts";

const explorer = startExplorer();

/** A worker at an address of its own, which fails until it is told to work. */
async function startWorker() {
  let isWell = false;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(isWell ? 200 : 500, { "Content-Type": "application/json" });
    response.end(isWell ? '{"done":true}' : "");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/hook`,
    recover: () => {
      isWell = true;
    },
    stop: () => server.close(),
  };
}

async function subscribe(origin: string, id: string, wanted: object): Promise<void> {
  const response = await fetch(`${origin}/v1/stream/__ds/subscriptions/${encodeURIComponent(id)}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(wanted),
  });
  expect(response.status).toBe(201);
}

/** The texts of the cells in the row of a subscription or stream. */
const cells = (page: Page, name: string) =>
  page
    .locator("tr", { has: page.getByRole("link", { name, exact: true }) })
    .locator("td")
    .allTextContents();

test("without subscriptions the page says how to make one", async () => {
  const page = await explorer.open("/");
  await page.getByRole("link", { name: "Subscriptions" }).click();
  await page.getByText("No subscriptions yet.").waitFor();
});

test("a worker that failed is seen with its lag and its dead letter, and is sent what it missed", async () => {
  const worker = await startWorker();
  const flags = ["--webhook-hosts", "localhost", "--webhook-attempts", "1"];
  const server = await startServer(0, ...flags);
  await subscribe(server.origin, "mail/man?", {
    type: "webhook",
    pattern: "inbox/*",
    webhook: { url: worker.url },
  });
  await server.create("inbox/ann", "text/plain", "hello");
  const page = await explorer.open("/subscriptions", { origin: server.origin });
  await expect
    .poll(() => cells(page, "mail/man?"))
    .toEqual(["Failed", "1", "1", "inbox/*", worker.url, expect.stringContaining("500")]);
  await page.getByRole("link", { name: "mail/man?" }).click();
  await page.getByText("5 B, in 1 of 1 streams").waitFor();
  expect(await cells(page, "inbox/ann")).toEqual(["5 B", "-1"]);
  await page.getByText("after 1 attempt").waitFor();
  await page.reload();
  worker.recover();
  await page.getByRole("button", { name: "Send again now" }).click();
  await expect.poll(() => cells(page, "inbox/ann")).toEqual(["0 B", expect.stringMatching(/5$/)]);
  await expect.poll(() => page.getByText("after 1 attempt").count()).toBe(0);
  await page.getByText("Active", { exact: true }).waitFor();
  await server.stop();
  worker.stop();
});

test("a dead letter is forgotten once that was confirmed", async () => {
  const worker = await startWorker();
  const flags = ["--webhook-hosts", "localhost", "--webhook-attempts", "1"];
  const server = await startServer(0, ...flags);
  await subscribe(server.origin, "7", { type: "webhook", pattern: "a", webhook: { url: worker.url } });
  await server.create("a", "text/plain", "x");
  const page = await explorer.open("/subscriptions?id=7", { origin: server.origin });
  await page.getByRole("button", { name: "Forget…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget" }).click();
  await expect.poll(() => page.getByRole("button", { name: "Forget…" }).count()).toBe(0);
  await server.stop();
  worker.stop();
});

test("a subscription that is not there is told", async () => {
  const page = await explorer.open("/subscriptions?id=nobody");
  await page.getByRole("alert").waitFor();
});
