import { findChromium } from "@perennial/testing/chromium";
import { type Browser, chromium } from "playwright-core";

/** Starts a Chromium without a window. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", ...args] });
}
