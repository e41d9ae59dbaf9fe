// npm run simulate -- --seeds 10000 --seed 1: the simulation of simulation.test.ts at length, or one seed again.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "5000" }, seed: { type: "string", default: "1" } },
});
const env = { ...process.env, PERENNIAL_SEEDS: values.seeds, PERENNIAL_SEED: values.seed };
const args = ["vitest", "run", "packages/server/tests/journal/simulation.test.ts", "-t", "acknowledged"];
const { status } = spawnSync("npx", args, { stdio: "inherit", env });
process.exit(status ?? 1);
