/**
 * Builds the engine: fetches a compiler, the source of doomgeneric and the data of Freedoom, and makes of them what the page loads.
 *
 *   node examples/doom/engine/build.mjs           builds, unless it is there; says where it is
 *   node examples/doom/engine/build.mjs --where   only says where it is, or would be
 *
 * Ends with 1 and a sentence where something that is needed cannot be had.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import { cutToFirstEpisode } from "./cut-wad.mjs";
import { fetchCompiler, fetchData, fetchSource, Unavailable } from "./fetch.mjs";
import { BUILT, builtFolder, FLAGS, HERE } from "./recipe.mjs";

function compile(compiler, source, out, work) {
  // Outside of any repository, git applies what it is given to where it stands.
  execFileSync("git", ["apply", "-p1", join(HERE, "engine.patch")], {
    cwd: source,
    env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(source) },
  });
  cpSync(join(HERE, "glue.c"), join(source, "glue.c"));
  const files = readdirSync(source).filter((name) => name.endsWith(".c"));
  execFileSync(compiler, ["cc", ...FLAGS, ...files, "-o", out], {
    cwd: source,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ZIG_GLOBAL_CACHE_DIR: join(work, "zig"), ZIG_LOCAL_CACHE_DIR: join(work, "zig") },
  });
}

async function build(folder) {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    const made = join(work, "made");
    mkdirSync(made);
    console.log("game data: Freedoom, cut to one episode …");
    const wad = cutToFirstEpisode(await fetchData(work));
    const level = { level: constants.Z_BEST_COMPRESSION };
    writeFileSync(join(made, "freedoom.wad.gz"), gzipSync(wad, level));
    console.log("engine: doomgeneric, compiled for WebAssembly …");
    const source = fetchSource(work);
    compile(fetchCompiler(work), source, join(made, "doom.wasm"), work);
    // Whoever looks sees all of it or nothing; somebody else may have been faster.
    if (!existsSync(folder)) renameSync(made, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const folder = builtFolder();
const isThere = () => BUILT.every((name) => existsSync(join(folder, name)));
if (!isThere() && !process.argv.includes("--where")) {
  try {
    await build(folder);
  } catch (error) {
    const why = error instanceof Unavailable ? error.message : String(error.stderr ?? error.stack);
    console.error(`Doom's engine cannot be built here: ${why}`);
    process.exit(1);
  }
}
console.log(folder);
