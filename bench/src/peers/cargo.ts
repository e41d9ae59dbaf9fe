import { existsSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../paths.ts";
import { hasProgram, runVisibly } from "./programs.ts";

/** A program that `cargo install` builds from a published crate. */
export interface Crate {
  readonly name: string;
  readonly version: string;
  readonly program: string;
}

/** Where the built program lies: in the checkout's cache, one folder per version, outside git. */
export function cratePath(crate: Crate): string {
  return join(repository, ".cache", "peers", `${crate.name}-${crate.version}`, "bin", crate.program);
}

/** Builds the program unless it is there. Resolves to the reason if that cannot be done. */
export async function installCrate(crate: Crate): Promise<string | undefined> {
  if (existsSync(cratePath(crate))) return undefined;
  if (!hasProgram("cargo")) return "needs the Rust toolchain (cargo) to be built";
  console.error(`building ${crate.name} ${crate.version} (once)`);
  const root = join(cratePath(crate), "..", "..");
  const code = await runVisibly([
    ...["cargo", "install", crate.name, "--version", crate.version, "--locked", "--root", root],
  ]);
  return code === 0 ? undefined : `cargo install ${crate.name} failed`;
}
