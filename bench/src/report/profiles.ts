import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CpuProfile, flameBoxes, topFunctions } from "./cpu-profile.ts";
import { flameGraph } from "./flame-graph.ts";
import { markdownTable } from "./table.ts";

const FUNCTIONS_SHOWN = 40;
const EXTENSION = ".cpuprofile";

/** Beside each CPU profile in the directory, writes its flame graph and the list of its costliest functions. */
export function writeProfiles(directory: string): void {
  for (const file of readdirSync(directory).filter((name) => name.endsWith(EXTENSION))) {
    const profile = JSON.parse(readFileSync(join(directory, file), "utf8")) as CpuProfile;
    const base = join(directory, file.slice(0, -EXTENSION.length));
    writeFileSync(`${base}.flame.svg`, `${flameGraph(flameBoxes(profile), file)}\n`);
    const rows = topFunctions(profile, FUNCTIONS_SHOWN).map(({ name, milliseconds, share }) => [
      ...[name, `${(share * 100).toFixed(1)} %`, milliseconds.toFixed(0)],
    ]);
    writeFileSync(`${base}.top.md`, `${markdownTable([["function", "of busy time", "ms"], ...rows])}\n`);
  }
}
