/** What the engine is made of: where each part comes from, exactly which, and how it is compiled. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** GPL-2.0: doomgeneric, as a package for Python carries it. */
export const SOURCE = {
  requirement: "cydoomgeneric==0.1.0",
  sha256: "b6d59939d06354f8afb61dcb760bf856423b308c7ae0c0f9781fbd174b2b0d72",
};

/** MIT: clang, lld and a C library for WebAssembly in one wheel. */
export const COMPILER = { requirement: "ziglang==0.17.1" };

/** BSD-3-Clause: Freedoom Phase 1, as Debian has it. */
export const DATA = {
  package: "freedoom",
  url: "https://deb.debian.org/debian/pool/main/f/freedoom/freedoom_0.12.1-2_all.deb",
  sha256: "c5b7cf1aa6dde8c980271981ce75b9b4a9e7b634b9db93d471f54bab7a8e1290",
  wad: "usr/share/games/doom/freedoom1.wad",
};

export const FLAGS = [
  ...["-target", "wasm32-wasi", "-mexec-model=reactor", "-O2", "-s", "-std=gnu89", "-w"],
  ...["-fno-sanitize=undefined", "-Wl,-z,stack-size=1048576", "-I."],
];

/** Where this folder's own parts are. */
export const HERE = fileURLToPath(new URL(".", import.meta.url));

/** What is built, by the names of its files. */
export const BUILT = ["doom.wasm", "freedoom.wad.gz"];

/** Where it is kept, for all clones of this repository: a folder for each recipe. `DOOM_ENGINE_CACHE` chooses another place. */
export function builtFolder() {
  const recipe = createHash("sha256");
  for (const name of ["recipe.mjs", "cut-wad.mjs", "glue.c", "engine.patch"])
    recipe.update(readFileSync(join(HERE, name)));
  const base =
    process.env.DOOM_ENGINE_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "perennial-doom");
  return join(base, recipe.digest("hex").slice(0, 16));
}
