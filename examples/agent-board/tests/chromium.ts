import { access, constants } from "node:fs/promises";
import { type Browser, chromium } from "playwright-core";

/** Where systems put Chromium, after the place that the environment names. */
const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Starts the Chromium of this machine, without a window. */
export async function launchChromium(): Promise<Browser> {
  for (const executablePath of PLACES) {
    if (executablePath === undefined) continue;
    const isThere = await access(executablePath, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  }
  throw new Error("No Chromium found: install it (apt-get install chromium) or name it in CHROMIUM.");
}
