// Builds the page, and packs its files into one module that a server can import and a single executable can hold.
// Run by itself, it builds when something changed; `--force` builds anyway.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, execPath } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { embed } from "./embed.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = join(root, "dist/embedded.js");

/** What the page is made of. A package of ours is taken from its sources. */
const INPUTS = [
  join(root, "src"),
  join(root, "build"),
  join(root, "index.html"),
  join(root, "vite.config.ts"),
  join(root, "package.json"),
  ...["protocol", "client", "state"].map((name) => join(root, "..", name, "src")),
];

/** Typefaces that the page brings along (src/design/fonts.css). The bundler knows the terms of scripts only. */
const FONTS = ["@fontsource-variable/instrument-sans", "@fontsource-variable/jetbrains-mono"];

/** Builds the page if its sources are newer than what was built. Throws what the bundler throws. */
export async function buildExplorer({ force = false } = {}) {
  if (!force && isUpToDate()) return;
  // Loaded only when needed: it takes longer than finding out that it is not.
  const { build } = await import("vite");
  await inProduction(() => build({ root, logLevel: "error", configFile: join(root, "vite.config.ts") }));
  for (const font of FONTS) appendFileSync(join(root, "dist/page/licenses.txt"), licenseOf(font));
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(output, embed(join(root, "dist/page")));
}

function licenseOf(name) {
  const text = readFileSync(fileURLToPath(import.meta.resolve(`${name}/LICENSE`)), "utf8");
  return `\n## ${name} (OFL-1.1)\n\n${text}`;
}

/**
 * Does the same in a process of its own: a server that built its page by itself would keep the bundler's 200 MB.
 * Throws an error with code `ERR_MODULE_NOT_FOUND` where there is no bundler.
 */
export function buildExplorerApart() {
  if (isUpToDate()) return;
  import.meta.resolve("vite");
  const { status, stderr } = spawnSync(execPath, [fileURLToPath(import.meta.url)], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** Whoever builds, under a test runner for one, the page is the one for production. */
async function inProduction(action) {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  try {
    await action();
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
}

function isUpToDate() {
  const built = statSync(output, { throwIfNoEntry: false })?.mtimeMs;
  return built !== undefined && INPUTS.every((input) => newest(input) <= built);
}

/** When a file, or anything in a folder, was last changed, ms. */
function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href)
  await buildExplorer({ force: argv.includes("--force") });
