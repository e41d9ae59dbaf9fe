import { execFileSync, spawnSync } from "node:child_process";

const HOW_TO =
  "Install it (Debian: apt-get install chromium), or set CHROMIUM to the path of a Chromium or Chrome.";

/**
 * The path of a Chromium: `CHROMIUM`, else the one that is installed, else the one that Debian's package manager
 * installs, where there is one and we may use it.
 *
 * @throws Error that says what to do, when there is none and none can be installed
 */
export function findChromium(): string {
  const found = process.env.CHROMIUM ?? installed();
  if (found !== undefined) return found;
  console.log("There is no Chromium here: installing Debian's.");
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
    const { status, error } = spawnSync("apt-get", args, { stdio: "inherit" });
    if (status !== 0)
      throw new Error(`Chromium cannot be installed here (${error?.message ?? "apt-get failed"}). ${HOW_TO}`);
  }
  const path = installed();
  if (path === undefined) throw new Error(`Chromium was installed, but is not on the path. ${HOW_TO}`);
  return path;
}

function installed(): string | undefined {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // Not this one.
    }
  }
  return undefined;
}
