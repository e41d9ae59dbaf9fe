import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { clipboard, startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

test("requests and answers are shown as they were, those of events while they come", async () => {
  const handle = await explorer.server.create("wired", "application/json", '[{"n":1}]');
  const page = await explorer.open("/streams/wired?panel=wire");
  const shown = page.getByRole("region", { name: "Request and answer" });
  await expect.poll(() => shown.textContent()).toContain("live=sse");
  await handle.append('{"n":"<b>2</b>"}');
  await expect.poll(() => shown.textContent()).toContain('{"n":"<b>2</b>"}');
  await expect.poll(() => shown.textContent()).toContain("content-type: text/event-stream");
  await page.getByRole("button", { name: "catch-up 9 B" }).click();
  await expect.poll(() => shown.textContent()).toContain('[{"n":1}]');
  await expect
    .poll(() => shown.textContent())
    .toContain("stream-next-offset: 0000000000000000_0000000000000008");
  await shown.getByRole("button", { name: "Copy as curl" }).click();
  await expect.poll(() => clipboard(page)).toContain("curl -i '");
  const answer = execFileSync("sh", ["-c", await clipboard(page)], { encoding: "utf8", stdio: "pipe" });
  expect(answer).toContain('[{"n":1},{"n":"<b>2</b>"}]');
});
