// Builds the checkout before a command runs: quick when nothing changed, quiet unless it fails.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** How long a build may take before another process stops waiting for it, ms. */
const LOCK_TIMEOUT_MS = 120_000;
const RETRY_MS = 25;

/**
 * Runs `tsc -b` on a package, and builds the Stream Explorer's page if asked to. Processes that start together take
 * turns, so that none runs a file that another is still writing. Without TypeScript (`npm ci --omit=dev`) the build is used as it is.
 */
export async function bringBuildUpToDate(packageRoot, { withExplorer = false } = {}) {
  const compiler = findCompiler();
  if (compiler === undefined) return;
  const lock = `${packageRoot}dist/.build-lock`;
  mkdirSync(`${packageRoot}dist`, { recursive: true });
  acquire(lock);
  const done = existsSync(`${packageRoot}dist/main.js`) ? () => {} : announceFirstBuild();
  let build;
  try {
    build = spawnSync(process.execPath, [compiler, "-b", packageRoot], { encoding: "utf8" });
    if (withExplorer) await bringExplorerUpToDate();
  } finally {
    rmSync(lock, { force: true });
  }
  if (build.status === 0) return done();
  process.stderr.write(`The build failed:\n${build.stdout}${build.stderr}${build.error ?? ""}\n`);
  process.exit(1);
}

/** Says that there is something to wait for, and for how long. Returns what to do when that is over. */
function announceFirstBuild() {
  const start = performance.now();
  process.stderr.write("Building Perennial, which is done once and takes 3 to 20 seconds ...\n");
  return () => process.stderr.write(`Built in ${((performance.now() - start) / 1000).toFixed(1)} s.\n`);
}

/** A server is of use without its page: when that cannot be built, the start goes on, and says so. */
async function bringExplorerUpToDate() {
  try {
    const { buildExplorerApart } = await import("@perennial/explorer/build");
    buildExplorerApart();
  } catch (error) {
    // Without its bundler (`npm ci --omit=dev`) the build is used as it is.
    if (error.code === "ERR_MODULE_NOT_FOUND") return;
    process.stderr.write(`The Stream Explorer could not be built: ${error.message}\n`);
  }
}

function findCompiler() {
  try {
    const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
    return join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.tsc);
  } catch {
    return undefined;
  }
}

/** Creates the lock file, which holds the id of its process; waits while another live process has it. */
function acquire(lock) {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (Date.now() > deadline || isAbandoned(lock)) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
  }
}

/** Whether the process that made the lock is gone. An empty lock is one being written, unless it stays so. */
function isAbandoned(lock) {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    if (owner === 0) return Date.now() - statSync(lock).mtimeMs > 1000;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
