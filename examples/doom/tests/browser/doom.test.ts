/** The game in Chromium: played by a bot, watched, wound, forked, reloaded, cut off, and with a server that is killed. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { seriousViolations } from "@perennial/testing/axe";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { RATE } from "../../shared/engine/doom.ts";
import { announce, listUrl } from "../../shared/sessions.ts";
import { launchChromium, Site } from "../support/site.ts";

let site: Site;
let browser: Browser;
const pages: Page[] = [];
/** `DOOM_PICTURES=folder` keeps pictures of what the pages showed. */
const pictures = process.env.DOOM_PICTURES;

beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start("on"), launchChromium()]);
  if (pictures !== undefined) await mkdir(pictures, { recursive: true });
});

afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

async function open(hash = "", options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  pages.push(page);
  await page.goto(`${site.origin}/${hash}`);
  return page;
}

const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
};

/** What a page says of its game. */
const read = (page: Page, name: string) =>
  page.locator("#root").evaluate((root, key) => root.dataset[key], name);
const number = async (page: Page, name: string): Promise<number> => Number(await read(page, name));
const hashOf = (page: Page): string => new URL(page.url()).hash;

/** A page with a game of its own, which the bot plays. */
async function playing(): Promise<Page> {
  const page = await open();
  await page.getByRole("button", { name: "New game" }).first().click();
  await expect.poll(() => read(page, "mode")).toBe("playing");
  await page.getByRole("button", { name: "Let a bot play" }).click();
  await expect.poll(() => number(page, "tick")).toBeGreaterThan(100);
  return page;
}

async function watching(hash: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await open(hash, options);
  await expect.poll(() => read(page, "mode")).toBe("live");
  return page;
}

/** Stops a page at a moment. @returns the tick and the hash of what it shows there */
async function windTo(page: Page, tick: number): Promise<string> {
  await page.getByLabel("Moment").evaluate((input: HTMLInputElement, value) => {
    input.value = String(value);
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type));
  }, tick);
  await expect.poll(() => number(page, "tick")).toBe(tick);
  await expect.poll(() => read(page, "mode")).toBe("wound");
  return (await read(page, "hash"))!;
}

test("the first screen shows a bot that plays, live, to whoever comes", async () => {
  const page = await open();
  await expect.poll(() => read(page, "mode")).toBe("live");
  await expect.poll(() => number(page, "tick")).toBeGreaterThan(200);
  await page.getByRole("link", { name: /bot/ }).first().waitFor();
  await expect.poll(() => number(page, "checks")).toBeGreaterThan(1);
  expect(await read(page, "differs")).toBe("false");
  expect(await seriousViolations(page)).toEqual([]);
  await picture(page, "first-screen");
});

test("two watch, wind back and forth to the player's own states, and fork while the game goes on", async () => {
  const player = await playing();
  const [one, two] = await Promise.all([watching(hashOf(player)), watching(hashOf(player))]);
  await expect.poll(() => number(player, "watchers")).toBe(2);
  await picture(player, "player");
  // A state that the player was in, as its page said it then.
  const seen = (await read(player, "hash"))!;
  const then = Number(seen.split(":")[0]);
  await expect.poll(() => number(one, "tick")).toBeGreaterThan(then + 100);
  await one.getByRole("button", { name: "Pause" }).click();
  const early = await windTo(one, Math.floor(then / 2));
  expect(await windTo(one, then)).toBe(seen);
  expect(await windTo(one, Math.floor(then / 2))).toBe(early);
  expect(await windTo(one, then)).toBe(seen);
  await picture(one, "wound");
  await one.getByRole("button", { name: "Fork here" }).click();
  await expect.poll(() => read(one, "isMine")).toBe("true");
  await one.getByRole("button", { name: "Let a bot play" }).click();
  await expect.poll(() => number(one, "tick")).toBeGreaterThan(then + 100);
  expect(hashOf(one)).not.toBe(hashOf(player));
  await one
    .getByRole("link", { name: /fork at/ })
    .first()
    .waitFor();
  await picture(one, "fork");
  // The original went on, and whoever watches it saw nothing of the fork.
  const length = await number(player, "length");
  await expect.poll(() => number(two, "tick")).toBeGreaterThan(length);
  await expect.poll(() => number(two, "checks")).toBeGreaterThan(2);
  expect(await read(two, "differs")).toBe("false");
  // The fork has the same past, for somebody else as well.
  const three = await watching(hashOf(one));
  await three.getByRole("button", { name: "Pause" }).click();
  expect(await windTo(three, then)).toBe(seen);
});

test("a watcher says that it watches, and nothing else, and only now and then", async () => {
  const player = await playing();
  const watcher = await open();
  const posts: string[] = [];
  watcher.on("request", (request) => {
    if (request.method() === "POST") posts.push(request.url());
  });
  await watcher.goto(player.url());
  await expect.poll(() => number(watcher, "watchers")).toBe(1);
  const from = await number(watcher, "tick");
  await expect.poll(() => number(watcher, "tick")).toBeGreaterThan(from + 4 * RATE);
  expect(posts.every((url) => url.includes("/watchers/"))).toBe(true);
  // One each five seconds of a clock that may be faster than a busy page.
  expect(posts.length).toBeLessThan(8);
});

test("a reload in mid-game goes on where it was, as the player", async () => {
  const player = await playing();
  const before = await number(player, "tick");
  await player.reload();
  await expect.poll(() => read(player, "isMine")).toBe("true");
  await expect.poll(() => read(player, "mode")).toBe("playing");
  expect(await number(player, "tick")).toBeGreaterThanOrEqual(before);
  await player.getByText("Paused", { exact: true }).waitFor();
  const paused = await number(player, "tick");
  await player.keyboard.down("ArrowUp");
  await expect.poll(() => number(player, "tick")).toBeGreaterThan(paused + 70);
  await player.keyboard.up("ArrowUp");
  const watcher = await watching(hashOf(player));
  await expect.poll(() => number(watcher, "checks")).toBeGreaterThan(1);
  expect(await read(watcher, "differs")).toBe("false");
});

test("ten seconds without a network cost nothing, and neither does a server that is killed", async () => {
  const player = await playing();
  const watcher = await watching(hashOf(player));
  const before = await number(player, "tick");
  await player.context().setOffline(true);
  await expect.poll(() => number(player, "waitingMs")).toBeGreaterThan(10_000);
  expect(await number(player, "tick")).toBeGreaterThan(before + RATE);
  await player.getByText(/none is lost/).waitFor();
  await picture(player, "offline");
  await player.context().setOffline(false);
  await expect.poll(() => number(player, "waiting")).toBeLessThan(RATE);
  const after = await number(player, "tick");
  await expect.poll(() => number(watcher, "tick")).toBeGreaterThanOrEqual(after);
  const starting = await open();
  await expect.poll(() => read(starting, "mode")).toBe("live");
  await site.kill();
  await starting.getByRole("button", { name: "New game" }).first().click();
  await expect.poll(() => number(player, "waiting")).toBeGreaterThan(70);
  await starting
    .locator(".overlay.shown")
    .getByText(/No answer from the server/)
    .waitFor();
  await watcher
    .locator(".notice")
    .getByText(/No answer from the server/)
    .waitFor();
  await watcher
    .locator(".chip")
    .getByText(/Waiting/)
    .waitFor();
  await picture(watcher, "server-away");
  await site.restart();
  await watcher.locator(".chip").getByText(/Live/).waitFor();
  await expect.poll(() => read(starting, "mode")).toBe("playing");
  await expect.poll(() => number(player, "waiting")).toBeLessThan(RATE);
  const end = await number(player, "tick");
  await expect.poll(() => number(watcher, "tick")).toBeGreaterThanOrEqual(end);
  // Whoever reads it from its first frame on comes to the same.
  const late = await watching(hashOf(player));
  await expect.poll(() => number(late, "checks")).toBeGreaterThan(2);
  for (const page of [watcher, late]) expect(await read(page, "differs")).toBe("false");
});

test("a phone has all of it, and thumbs play", async () => {
  const phone = await open("", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await phone.getByRole("button", { name: "New game" }).first().tap();
  await expect.poll(() => read(phone, "mode")).toBe("playing");
  const pad = (await phone.getByRole("group", { name: "Walk and turn" }).boundingBox())!;
  const start = await read(phone, "hash");
  await phone.touchscreen.tap(pad.x + pad.width / 2, pad.y + 20);
  await phone.getByRole("button", { name: "Fire" }).tap();
  await expect.poll(() => read(phone, "hash")).not.toBe(start);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await seriousViolations(phone)).toEqual([]);
  await picture(phone, "phone");
});

test.each([
  ["#no-such-session", /There is no such session/],
  ["#..%2Fsecret", /no session/],
  ["#%", /no session/],
])("the address %s is refused with a sentence", async (hash, sentence) => {
  const page = await open(hash);
  await page.locator(".overlay.shown").getByText(sentence).first().waitFor();
});

test("tabs of one browser play and watch side by side, and only one of them plays a session", async () => {
  const player = await playing();
  const tabs: Page[] = [];
  for (let count = 0; count < 3; count++) {
    const tab = await player.context().newPage();
    // What a tab that was duplicated remembers.
    await tab.addInitScript((key) => sessionStorage.setItem(key, "yes"), `plays ${hashOf(player).slice(1)}`);
    await tab.goto(player.url());
    tabs.push(tab);
  }
  for (const tab of tabs) {
    await expect.poll(() => read(tab, "mode")).toBe("live");
    expect(await read(tab, "isMine")).toBe("false");
    await expect.poll(() => number(tab, "checks")).toBeGreaterThan(1);
    expect(await read(tab, "differs")).toBe("false");
  }
  const stored = (await number(player, "tick")) - (await number(player, "waiting"));
  await expect
    .poll(async () => (await number(player, "tick")) - (await number(player, "waiting")))
    .toBeGreaterThan(stored + RATE);
});

test("what cannot be opened says so until it was read, over the game that goes on", async () => {
  const page = await open();
  await expect.poll(() => read(page, "mode")).toBe("live");
  for (const hash of ["#no-such-session", "#%"]) {
    await page.evaluate((to) => location.replace(to), hash);
    await page.getByText("That did not work").waitFor();
    const tick = await number(page, "tick");
    await expect.poll(() => number(page, "tick")).toBeGreaterThan(tick + RATE);
    await picture(page, `refused${hash.length}`);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.locator(".overlay.shown").waitFor({ state: "detached" });
    expect(hashOf(page)).toBe("");
  }
});

test("of two sessions that are opened on a slow line the later one is shown, and the earlier one's reading is ended", async () => {
  const [first, second] = [await playing(), await playing()];
  const page = await open();
  await expect.poll(() => read(page, "mode")).toBe("live");
  const slow = hashOf(first).slice(1);
  const ended: string[] = [];
  page.on("requestfailed", (request) => ended.push(request.url()));
  await page.context().route(new RegExp(`/doom/${slow}(\\?|$)`), () => {});
  await page.evaluate((to) => location.replace(to), hashOf(first));
  await page.getByText("The session is read").waitFor();
  await page.evaluate((to) => location.replace(to), hashOf(second));
  await expect.poll(() => read(page, "name")).toBe(hashOf(second).slice(1));
  await expect.poll(() => ended.some((url) => url.includes(slow))).toBe(true);
  expect(hashOf(page)).toBe(hashOf(second));
});

test("forks of forks are all in the tree, however deep", async () => {
  const place = { streamsUrl: `${site.origin}/v1/stream/doom` };
  for (let depth = 0; depth < 12; depth++)
    await announce(place, {
      ...{ id: `deep${depth}-fork`, by: "person", at: Date.now() },
      ...(depth === 0 ? {} : { parent: `deep${depth - 1}-fork`, tick: depth }),
    });
  const page = await open("", { viewport: { width: 390, height: 844 } });
  await page.getByRole("link", { name: /deep11/ }).waitFor();
  await page.getByRole("link", { name: /deep11/ }).scrollIntoViewIfNeeded();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await picture(page, "deep");
});

test("a list that names what is not there leaves the first screen what is", async () => {
  const lie = { id: "lie", by: "bot", at: 1e300 };
  const list = listUrl({ streamsUrl: `${site.origin}/v1/stream/doom` }, Date.now());
  const headers = { "content-type": "application/json" };
  expect((await fetch(list, { method: "POST", headers, body: JSON.stringify(lie) })).ok).toBe(true);
  const page = await open();
  await expect.poll(() => read(page, "mode")).toBe("live");
  expect(await read(page, "name")).not.toBe("lie");
  await page.locator(".overlay.shown").waitFor({ state: "detached" });
});

test("an engine that hangs is told of, and a page that is loaded again has another", async () => {
  const page = await open();
  await expect.poll(() => read(page, "mode")).toBe("live");
  void page
    .workers()[0]!
    .evaluate(() => {
      for (;;);
    })
    .catch(() => {});
  await page.getByText(/no longer answers/).waitFor();
  await picture(page, "hung");
  await page.getByRole("button", { name: "Reload the page" }).click();
  await expect.poll(() => read(page, "mode")).toBe("live");
});
