/** The ways in which every view is looked at. */
import type { Page } from "playwright-core";

/** Names, and what makes an open page look so. */
export const STYLES: readonly (readonly [name: string, apply: (page: Page) => Promise<void>])[] = [
  ["light", (page) => page.emulateMedia({ colorScheme: "light" })],
  ["dark", (page) => page.emulateMedia({ colorScheme: "dark" })],
  [
    "phone",
    async (page) => {
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize({ width: 390, height: 844 });
    },
  ],
];
