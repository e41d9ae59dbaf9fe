import { crc32, deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

const MARKDOWN =
  "# Plan\n\nSome **bold** and <b>no HTML</b> <img src=x onerror=alert(1)>\n\n- [safe](https://example.org/a)\n- [bad](javascript:alert(1))\n";

test("text is shown as Markdown on demand, and nothing in it is HTML or runs", async () => {
  const handle = await explorer.server.create("plan", "text/markdown", MARKDOWN);
  const page = await explorer.open("/streams/plan?panel=read");
  const text = page.getByRole("region", { name: "Text of the stream" });
  await text.getByText("# Plan").waitFor();
  await page.getByRole("button", { name: "Markdown" }).click();
  await text.getByRole("heading", { name: "Plan" }).waitFor();
  expect(await text.locator("strong").allTextContents()).toEqual(["bold"]);
  expect(await text.locator("b, img, script").count()).toBe(0);
  expect(
    await text.getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
  ).toEqual(["https://example.org/a"]);
  await text.getByText("[bad](javascript:alert(1))").waitFor();
  await handle.append("\nand *more*");
  await expect.poll(() => text.locator("em").allTextContents()).toEqual(["more"]);
});

/** One pixel, as PNG. */
function png(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(body.length + 8);
    frame.writeUInt32BE(data.length);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), body.length + 4);
    return frame;
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  const rows = deflateSync(Buffer.from([0, 255, 0, 0]));
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", rows),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test("a picture is shown, and bytes that are none say so", async () => {
  const { server } = explorer;
  const put = (path: string, body: BodyInit) =>
    fetch(server.url(path), { method: "PUT", body, headers: { "Content-Type": "image/png" } });
  await put("red", new Uint8Array(png()));
  const page = await explorer.open("/streams/red");
  await expect
    .poll(() =>
      page.getByRole("img").evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    )
    .toBe(1);
  await put("broken", "no picture");
  const broken = await explorer.open("/streams/broken");
  await broken.getByText("The browser cannot show these bytes").waitFor();
  await broken.getByRole("button", { name: "Messages" }).click();
  await broken.getByText("no picture").waitFor();
});
