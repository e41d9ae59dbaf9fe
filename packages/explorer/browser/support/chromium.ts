import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const HOW_TO =
  "Install it (Debian: apt-get install chromium), or set CHROMIUM to the path of a Chromium or Chrome.";

/**
 * Starts a Chromium without a window: the one that `CHROMIUM` names, else the one on the path, else the one that Debian's
 * package manager installs.
 */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? installed() ?? install();
  return await chromium.launch({ executablePath, args: ["--no-sandbox", ...args] });
}

function installed(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function install(): string {
  console.log("There is no Chromium here: installing Debian's.");
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
    if (spawnSync("apt-get", args, { stdio: "inherit" }).status !== 0)
      throw new Error(`Chromium cannot be installed here. ${HOW_TO}`);
  }
  const path = installed();
  if (path === undefined) throw new Error(`Chromium was installed, but is not on the path. ${HOW_TO}`);
  return path;
}
