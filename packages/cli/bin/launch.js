import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The commands that serve the Stream Explorer. */
const SERVERS = new Set(["dev", "serve"]);

/** Open files with which the program starts, with some to spare. */
const OPEN_FILES = 256;

/**
 * Starts the command line. In a checkout the build is brought up to date first; a published package has only its
 * build (`tsconfig.json` is not published).
 */
export async function launch(name) {
  try {
    await start(name);
  } catch (error) {
    if (!isShortOfFiles(error)) throw error;
    process.stderr.write(
      `Too few files may be open here: raise the limit (ulimit -n) to ${OPEN_FILES} or more, and for a server by one for ` +
        "each connection.\n",
    );
    process.exitCode = 1;
  }
}

/** Where a module's package file cannot be opened, Node says that the module is missing. */
function isShortOfFiles({ code }) {
  if (code !== "ERR_MODULE_NOT_FOUND") return code === "EMFILE";
  return process.report.getReport().userLimits?.open_files.soft < OPEN_FILES;
}

async function start(name) {
  const packageRoot = fileURLToPath(new URL("..", import.meta.url));
  if (existsSync(`${packageRoot}tsconfig.json`)) {
    const { bringBuildUpToDate } = await import("./build.js");
    await bringBuildUpToDate(packageRoot, { withExplorer: SERVERS.has(process.argv[2]) });
  }
  const { main } = await import("../dist/main.js");
  await main(name, process.argv.slice(2));
}
