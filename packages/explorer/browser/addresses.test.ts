/** Whatever a stream is called: its page shows it, and acts on it and on no other. */
import { parseStreamPath } from "@perennial/protocol";
import { Random, runs, Seeds } from "@perennial/testing";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

/** Paths that are easily taken for one another, canonical. */
const ALIKE = [
  ...[
    "a",
    "a%3Fb",
    "a%253Fb",
    "a%25253Fb",
    "a%2Fb",
    "a/b",
    "a%23b",
    "a%20b",
    "%20a",
    "a+b",
    "a%5Cb",
    "a;b=c,d",
  ],
  ...[
    "7",
    "true",
    "null",
    "%227%22",
    "%7B%7D",
    "streams",
    "a/streams/b",
    "...",
    "-",
    "a&at=x",
    "__registry__",
  ],
  ...[
    "caf%C3%A9",
    "cafe%CC%81",
    "%E2%80%AEabc",
    "a%E2%80%8B",
    "%F0%9F%8C%B1",
    "A",
    "a!$&'()*+,;=:@b",
    "v1/stream/a",
  ],
];

const CHARACTERS = [
  ..."abAB01-._~!$&'()*+,;=:@/%?#[]{}|\\^`\" <>",
  "%2F",
  "%3F",
  "é",
  "e\u0301",
  "語",
  "🌱",
  "\u200b",
];

/** Of those, the ones that are always opened. */
const SHARPEST = ["a%3Fb", "a%253Fb", "a%2Fb", "7"];

function shuffled(paths: readonly string[], random: Random): readonly string[] {
  const keyed = paths.map((path) => ({ path, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ path }) => path);
}

/** A canonical path of a name of any characters, or none if the server would not take it. */
function drawPath(random: Random): string | undefined {
  const name = Array.from({ length: random.integer(1, 9) }, () => random.pick(CHARACTERS)).join("");
  const path = parseStreamPath(`/v1/stream/${name.split("/").map(encodeURIComponent).join("/")}`);
  return path.kind === "ok" ? path.value.slice("/v1/stream/".length) : undefined;
}

/** Each stream of the server with what is in it. */
async function allStreams(): Promise<ReadonlyMap<string, string>> {
  const page = await (await fetch(explorer.server.url("__ds/streams?limit=1000"))).json();
  const paths: string[] = page.streams.map(({ path }: { path: string }) => path);
  const texts = await Promise.all(paths.map(async (path) => (await fetch(explorer.server.url(path))).text()));
  return new Map(paths.map((path, index) => [path, texts[index]!]));
}

const previews = (page: Page, path: string) =>
  page
    .getByRole("region", { name: `Stream ${path}`, exact: true })
    .locator(".message-preview")
    .allTextContents();

/** Opens, reloads, appends, forks and deletes by hand; `streams` is what the server should have. */
async function actOn(path: string, streams: Map<string, string>): Promise<void> {
  const page = await explorer.open(`/streams/${path}`);
  const own = `"${path}"`;
  await expect.poll(() => previews(page, path)).toEqual([JSON.stringify(path)]);
  expect(page.url()).toBe(`${explorer.server.origin}/streams/${path}`);
  await page.reload();
  await expect.poll(() => previews(page, path)).toEqual([own]);

  await page.keyboard.press("a");
  const box = page.getByRole("textbox", { name: "Message to append" });
  await box.fill(`"to ${path}"`);
  await box.press("Control+Enter");
  await expect.poll(() => previews(page, path)).toEqual([own, `"to ${path}"`]);
  streams.set(path, `[${own},"to ${path}"]`);
  expect(await allStreams()).toEqual(streams);

  await page.getByRole("option").first().click();
  await page.getByRole("button", { name: "Fork here" }).click();
  const fork = `${path}-fork`;
  await expect.poll(() => previews(page, fork)).toEqual([own]);
  await page.reload();
  await expect.poll(() => previews(page, fork)).toEqual([own]);
  streams.set(fork, `[${own}]`);
  expect(await allStreams()).toEqual(streams);
  await page
    .getByRole("region", { name: `Stream ${fork}`, exact: true })
    .getByRole("link")
    .first()
    .click();
  await expect.poll(() => previews(page, path)).toEqual([own, `"to ${path}"`]);
  await page.goto(`${explorer.server.origin}/streams/${fork}`);
  await deleteShown(page, fork);
  streams.delete(fork);
  expect(await allStreams()).toEqual(streams);

  // By a link of the page itself, which is no address that somebody typed.
  await page.goto(explorer.server.origin);
  await page
    .locator(`.top-table a[href=${JSON.stringify(`/streams/${path}`)}]`)
    .first()
    .click();
  await deleteShown(page, path);
  streams.delete(path);
  expect(await allStreams()).toEqual(streams);
}

/** Deletes the stream that is shown, whose path the dialog says. */
async function deleteShown(page: Page, path: string): Promise<void> {
  await page.getByRole("region", { name: `Stream ${path}`, exact: true }).waitFor();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete the stream…" }).click();
  expect(await page.getByRole("dialog").locator("code").textContent()).toBe(`/v1/stream/${path}`);
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("There is no such stream").waitFor();
}

test("a page acts on the stream that its address names, and on no other", { timeout: 600_000 }, async () => {
  const [seed] = new Seeds(1, 1 + (Date.now() % 1_000_000));
  console.log(`names from seed ${seed}`);
  const random = new Random(seed!);
  const drawn = Array.from({ length: runs(8) }, () => drawPath(random)).filter((path) => path !== undefined);
  const paths = [...new Set([...ALIKE, ...drawn])];
  const streams = new Map<string, string>();
  for (const path of paths) {
    await explorer.server.create(path, "application/json", JSON.stringify([path]));
    streams.set(path, JSON.stringify([path]));
  }
  // All are there to be mistaken for one another; each takes seconds, so a quick run opens some.
  const opened = shuffled(paths, random).slice(0, runs(8));
  for (const path of new Set([...SHARPEST, ...opened])) await actOn(path, streams);
});

test("another spelling of an address leads to the same stream, and becomes the one that all use", async () => {
  await explorer.server.create("caf%C3%A9/a~b", "application/json", '["here"]');
  const page = await explorer.open("/streams/caf%c3%a9/%61%7Eb?panel=messages");
  await expect.poll(() => previews(page, "caf%C3%A9/a~b")).toEqual(['"here"']);
  await expect.poll(() => new URL(page.url()).pathname).toBe("/streams/caf%C3%A9/a~b");
});

test.each(["a//b", "a/", "%ff", "a%00", "__ds/streams"])(
  "%s names no stream, and the page says so",
  async (path) => {
    const page = await explorer.open(`/streams/${path}`);
    await page.getByText("This address does not name a stream").waitFor();
  },
);

test("a session of Multiplayer is a stream below it, whatever it is called", async () => {
  const page = await explorer.open(`/multiplayer?session=${encodeURIComponent("../../a?b")}`);
  await page.getByRole("link", { name: "The session’s stream" }).waitFor();
  await expect.poll(async () => [...(await allStreams()).keys()]).toContain("multiplayer/..%2F..%2Fa%3Fb");
});
