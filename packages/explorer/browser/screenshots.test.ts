/** Pictures of the main views, for people to look at: `artifacts/explorer/`. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { test } from "vitest";
import { fillDemo } from "./support/demo.ts";
import { startExplorer } from "./support/explorer.ts";
import { STYLES } from "./support/styles.ts";

const FOLDER = fileURLToPath(new URL("../../../artifacts/explorer/", import.meta.url));
const explorer = startExplorer();

const VIEWS: readonly (readonly [name: string, path: string, prepare: (page: Page) => Promise<void>])[] = [
  ["overview", "/", async (page) => page.getByText("board").first().waitFor({ state: "attached" })],
  [
    "messages",
    "/streams/chat/support",
    async (page) => {
      await page.getByText("Live").waitFor();
      await page.getByRole("slider").fill("101");
      await page.getByRole("complementary").waitFor();
    },
  ],
  [
    "beside",
    "/streams/chat/support?beside=chat/support-fork",
    async (page) => page.getByText("step 40").waitFor(),
  ],
  [
    "state",
    "/streams/board?panel=state",
    async (page) => {
      await page.getByRole("button", { name: "grace", exact: true }).click();
      await page.locator(".changes ins").first().waitFor();
    },
  ],
  ["producers", "/streams/orders?panel=producers", async (page) => page.getByText("importer-1").waitFor()],
  ["forks", "/streams/chat/support?panel=forks", async (page) => page.locator(".lane").nth(3).waitFor()],
  [
    "append",
    "/streams/orders",
    async (page) => {
      await page.getByRole("button", { name: "Append" }).click();
      await page.getByRole("textbox", { name: "Message to append" }).fill('{"order": "importer-1-42", ');
    },
  ],
  [
    "new-stream",
    "/",
    async (page) => {
      await page.getByText("board").first().waitFor({ state: "attached" });
      await page.keyboard.press("n");
      await page.getByRole("textbox", { name: "Name" }).fill("chat/what is new?");
      await page.getByRole("textbox", { name: "First message" }).fill('{"text": ');
    },
  ],
  [
    "not-found",
    "/streams/chat/nowhere",
    async (page) => page.getByRole("button", { name: "Create it…" }).waitFor(),
  ],
  ["subscriptions", "/subscriptions", async (page) => page.getByText("Failed").waitFor()],
  ["subscription", "/subscriptions?id=mailer", async (page) => page.getByText("Cursors").waitFor()],
  ["keys", "/", async (page) => page.keyboard.press("?")],
  ["text", "/streams/logs/api", async (page) => page.getByText("Live").waitFor()],
  [
    "reading",
    "/streams/chat/support?panel=read",
    async (page) => page.getByRole("heading", { name: "grace" }).last().waitFor(),
  ],
  [
    "reading-lines",
    "/streams/logs/api?panel=read",
    async (page) => page.getByRole("region", { name: "Text of the stream" }).waitFor(),
  ],
  [
    "multiplayer",
    "/multiplayer",
    async (page) => {
      await page.getByRole("textbox", { name: "Say something as Ada" }).fill("What happens if I drop Grace?");
      await page.keyboard.press("Enter");
      const pane = (name: string) => page.getByRole("region", { name, exact: true });
      await pane("Grace").getByText("one message").waitFor();
      await pane("Grace").getByRole("button", { name: "Drop" }).click();
      await pane("Ada").getByText("words that were").waitFor();
      await pane("Grace").getByRole("button", { name: "Reconnect" }).click();
      await pane("Ada").getByRole("button", { name: "Drop" }).click();
      await pane("Grace").getByText("because what I").waitFor();
    },
  ],
];

async function take(name: string, page: Page): Promise<void> {
  for (const [style, apply] of STYLES) {
    await apply(page);
    await page.screenshot({ path: `${FOLDER}${name}-${style}.png` });
  }
  await page.context().close();
}

test("the main views have their picture taken, light, dark and on a phone", async () => {
  mkdirSync(FOLDER, { recursive: true });
  const empty = await explorer.open("/");
  await empty.getByText("The first stream").waitFor({ state: "attached" });
  await take("empty", empty);
  await fillDemo(explorer.server);
  for (const [name, path, prepare] of VIEWS) {
    const page = await explorer.open(path);
    await page.locator("#root > *").first().waitFor();
    await prepare(page);
    await take(name, page);
  }
}, 240_000);
