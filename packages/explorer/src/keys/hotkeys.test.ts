import { expect, test } from "vitest";
import { HOTKEYS, hotkeyOf, type KeyPress } from "./hotkeys.ts";

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isInText: false,
  ...change,
});

test("a key leads to its element", () => expect(hotkeyOf(press("/"))?.target).toBe("search"));

test.each<Partial<KeyPress>>([{ isInText: true }, { ctrlKey: true }, { metaKey: true }, { altKey: true }])(
  "a key does nothing with %j",
  (change) => expect(hotkeyOf(press("/", change))).toBeUndefined(),
);

test("no key is given twice", () => expect(new Set(HOTKEYS.map(({ key }) => key)).size).toBe(HOTKEYS.length));
