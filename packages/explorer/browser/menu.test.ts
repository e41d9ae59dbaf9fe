import { expect, test } from "vitest";
import { startExplorer } from "./support/explorer.ts";

const explorer = startExplorer();

/** A page with a stream, its menu closed. */
async function openStream(path: string, hasTouch = false) {
  await explorer.server.create(path, "application/json", '["a"]');
  const page = await explorer.open(`/streams/${path}`, hasTouch ? { hasTouch } : {});
  const button = page.getByRole("button", { name: "More" });
  const menu = page.getByRole("menu", { name: "More" });
  await page.getByText("Live").waitFor();
  /** The item that the keyboard is at, as a screen reader is told. */
  const active = () =>
    menu.evaluate((element) => {
      if (document.activeElement !== element) return "the focus is elsewhere";
      const id = element.getAttribute("aria-activedescendant");
      return id === null ? null : document.getElementById(id)?.textContent;
    });
  const hasFocus = () => button.evaluate((element) => document.activeElement === element);
  return { page, button, menu, active, hasFocus };
}

test("the menu's button says that it opens a menu, and whether it is open", async () => {
  const { page, button, menu } = await openStream("named");
  expect(await button.getAttribute("aria-haspopup")).toBe("menu");
  expect(await button.getAttribute("aria-expanded")).toBe("false");
  await button.click();
  await menu.waitFor();
  expect(await button.getAttribute("aria-expanded")).toBe("true");
  expect(await menu.getByRole("menuitem").allTextContents()).toEqual([
    "Fork…",
    "Close the stream…",
    "Delete the stream…",
  ]);
  await page.getByRole("heading", { name: "named", level: 1 }).click();
  await expect.poll(() => menu.count()).toBe(0);
});

test("nothing of the page lies over the menu", async () => {
  const { page, button, menu } = await openStream("on-top");
  await button.click();
  for (const item of await menu.getByRole("menuitem").all()) {
    const box = (await item.boundingBox())!;
    const top = await page.evaluate(
      ([x, y]) => document.elementFromPoint(x!, y!)?.textContent,
      [box.x + box.width / 2, box.y + box.height / 2],
    );
    expect(top).toBe(await item.textContent());
  }
});

test("arrow keys open the menu and go around in it, Home and End to its ends, letters to an item", async () => {
  const { page, button, active } = await openStream("arrows");
  await button.focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(active).toBe("Fork…");
  await page.keyboard.press("ArrowDown");
  await expect.poll(active).toBe("Close the stream…");
  await page.keyboard.press("ArrowDown");
  await expect.poll(active).toBe("Delete the stream…");
  await page.keyboard.press("ArrowDown");
  await expect.poll(active).toBe("Fork…");
  await page.keyboard.press("End");
  await expect.poll(active).toBe("Delete the stream…");
  await page.keyboard.press("Home");
  await expect.poll(active).toBe("Fork…");
  await page.keyboard.press("d");
  await expect.poll(active).toBe("Delete the stream…");
});

test.each(["Enter", "Space"])("%s opens the menu at its first item", async (key) => {
  const { page, button, active } = await openStream(`by-${key}`);
  await button.focus();
  await page.keyboard.press(key);
  await expect.poll(active).toBe("Fork…");
});

test("Escape puts the menu away and the focus back, and Tab goes on", async () => {
  const { page, button, menu, active, hasFocus } = await openStream("escape");
  await button.focus();
  await page.keyboard.press("ArrowUp");
  await expect.poll(active).toBe("Delete the stream…");
  await page.keyboard.press("Escape");
  await expect.poll(() => menu.count()).toBe(0);
  await expect.poll(hasFocus).toBe(true);
  await page.keyboard.press("Enter");
  await expect.poll(active).toBe("Fork…");
  await page.keyboard.press("Tab");
  await expect.poll(() => menu.count()).toBe(0);
  const next = await page.evaluate(
    () => document.activeElement?.closest("button, input, [tabindex]") !== null,
  );
  expect([next, await hasFocus()]).toEqual([true, false]);
});

test("keys that mean something on the page mean nothing while the menu is open", async () => {
  const { page, button, active } = await openStream("hotkeys");
  await button.focus();
  await page.keyboard.press("Enter");
  await expect.poll(active).toBe("Fork…");
  await page.keyboard.press("p");
  await page.keyboard.press("a");
  await expect.poll(active).toBe("Fork…");
  await page.getByText("Live").waitFor();
  expect(await page.getByRole("textbox", { name: "Message to append" }).count()).toBe(0);
});

test("a question that an item asks holds the keyboard, and gives it back to the menu's button", async () => {
  const { page, button, active, hasFocus } = await openStream("asked");
  await button.focus();
  await page.keyboard.press("ArrowUp");
  await expect.poll(active).toBe("Delete the stream…");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Delete the stream?" });
  await dialog.waitFor();
  const isInside = () => dialog.evaluate((element) => element.contains(document.activeElement));
  await expect.poll(isInside).toBe(true);
  /** Whether the keyboard is at something of the page behind; at the end of a dialog comes the browser's own. */
  const isOnPage = () =>
    dialog.evaluate(
      (element) => document.activeElement !== document.body && !element.contains(document.activeElement),
    );
  for (let tabs = 0; tabs < 6; tabs++) {
    await page.keyboard.press("Tab");
    expect(await isOnPage()).toBe(false);
  }
  await page.keyboard.press("Escape");
  await expect.poll(() => dialog.count()).toBe(0);
  await expect.poll(hasFocus).toBe(true);
});

test("a finger opens the menu and chooses", async () => {
  const { page, button, menu } = await openStream("touched", true);
  await button.tap();
  await menu.getByRole("menuitem", { name: "Close the stream…" }).tap();
  await page.getByRole("button", { name: "Close for good" }).tap();
  await page.getByText("Closed", { exact: true }).first().waitFor();
});
