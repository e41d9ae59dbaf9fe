import { expect, test } from "vitest";
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

test("what a stream holds is shown as text, and never run or loaded", async () => {
  const messages = HOSTILE.flatMap((text) => [
    text,
    { [text]: text },
    { type: text, key: text, value: { [text]: text }, headers: { operation: "insert", timestamp: text } },
  ]);
  await explorer.server.create("hostile", "application/json", JSON.stringify(messages));
  await explorer.server.create("hostile-text", "text/html", HOSTILE.join("\n"));
  const path = encodeURIComponent("<img src=x onerror=hit=1>");
  await explorer.server.create(`hostile-name/${path}`, "text/plain", "x");
  for (const [stream, panels] of [
    ["hostile", ["messages", "state", "producers", "forks"]],
    ["hostile-text", ["messages"]],
    [`hostile-name/${path}`, ["messages", "forks"]],
  ] as const) {
    for (const panel of panels) {
      const page = await explorer.open(`/streams/${stream}?panel=${panel}`);
      await page.getByText("Live").waitFor();
      for (const option of (await page.getByRole("option").all()).slice(0, 10)) await option.click();
      const key = page.locator(".entity-key").first();
      if ((await key.count()) > 0) await key.click();
      const found = await page.evaluate(() => ({
        hit: "hit" in window,
        elements: document.querySelectorAll(
          "#root :is(script, img, iframe, object, embed, [onload], [onerror])",
        ).length,
      }));
      expect(found).toEqual({ hit: false, elements: 0 });
    }
  }
});

test("text is shown as it is", async () => {
  await explorer.server.create("as-is", "application/json", JSON.stringify([HOSTILE[0]]));
  const page = await explorer.open("/streams/as-is");
  const preview = page.locator(".message-preview");
  await expect.poll(() => preview.textContent()).toBe(JSON.stringify(HOSTILE[0]));
});
