import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

/** What a page must not run, load or read as markup, wherever it stands. */
const HOSTILE = [
  '<script>window.hit = "script"</script>',
  '<img src="http://127.0.0.1:1/x" onerror="window.hit = 1">',
  "<svg onload=\"window.hit = 'svg'\"></svg>",
  '</pre></div><iframe srcdoc="<script>parent.hit = 1</script>"></iframe>',
  "javascript:window.hit=1",
  "{{constructor.constructor('window.hit=1')()}}",
  '" onmouseover="window.hit=1" x="',
  "\u202e\u0000\u001b[31m\ufeff",
];

const explorer = startExplorer();

const NAME = `hostile-name/${encodeURIComponent("<img src=x onerror=hit=1>")}`;

beforeAll(async () => {
  const messages = HOSTILE.flatMap((text) => [
    text,
    { [text]: text },
    { type: text, key: text, value: { [text]: text }, headers: { operation: "insert", timestamp: text } },
  ]);
  await explorer.server.create("hostile", "application/json", JSON.stringify(messages));
  await explorer.server.create("hostile-text", "text/html", HOSTILE.join("\n"));
  await explorer.server.create(NAME, "text/plain", "x");
});

test.each([
  ["hostile", "messages"],
  ["hostile", "state"],
  ["hostile", "producers"],
  ["hostile", "forks"],
  ["hostile-text", "messages"],
  [NAME, "messages"],
  [NAME, "forks"],
])("what %s holds is shown as text in %s, and never run or loaded", async (stream, panel) => {
  const page = await explorer.open(`/streams/${stream}?panel=${panel}`);
  await page.getByText("Live").waitFor();
  for (const option of (await page.getByRole("option").all()).slice(0, 10)) await option.click();
  const key = page.locator(".entity-key").first();
  if ((await key.count()) > 0) await key.click();
  await expectHarmless(page);
});

test("what a subscription is called and says is shown as text", async () => {
  for (const [at, text] of HOSTILE.entries())
    await fetch(explorer.server.url(`__ds/subscriptions/${encodeURIComponent(`${at}${text}`)}`), {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ type: "pull-wake", pattern: "*", wake_stream: "wakes", description: text }),
    });
  const page = await explorer.open("/subscriptions");
  const first = page.getByRole("link", { name: `0${HOSTILE[0]}`, exact: true });
  await first.waitFor();
  await expectHarmless(page);
  await first.click();
  await page.getByText(HOSTILE[0]!, { exact: true }).waitFor();
  await expectHarmless(page);
});

/** Nothing was run, and nothing is there that could be. */
async function expectHarmless(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    hit: "hit" in window,
    elements: document.querySelectorAll("#root :is(script, img, iframe, object, embed, [onload], [onerror])")
      .length,
  }));
  expect(found).toEqual({ hit: false, elements: 0 });
}

test("text is shown as it is", async () => {
  await explorer.server.create("as-is", "application/json", JSON.stringify([HOSTILE[0]]));
  const page = await explorer.open("/streams/as-is");
  const preview = page.locator(".message-preview");
  await expect.poll(() => preview.textContent()).toBe(JSON.stringify(HOSTILE[0]));
});
