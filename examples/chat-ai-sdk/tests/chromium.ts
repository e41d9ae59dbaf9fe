import { findChromium } from "@perennial/testing/chromium";
import { type Browser, chromium } from "playwright-core";

/** Starts the Chromium of this machine, without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
}
