/**
 * Holds the adapters against what their hosts have in memory, where that is too large to install for every test: fetches it into a
 * folder of its own, without what it does not need. `node packages/adapters/tests/oracles.mjs`
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const COPILOTKIT = "1.75.0";
const MASTRA = "1.71.0";
const RUNTIME = ["@ag-ui/client@0.0.59", "rxjs@7.8.1", "reflect-metadata@0.2.2"];

const folder = mkdtempSync(join(tmpdir(), "perennial-oracles-"));
const run = (command, ...args) =>
  execFileSync(command, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });

/** Unpacks a package without what it depends on. */
function unpack(name, version, to) {
  const tarball = run("npm", "pack", "--silent", `${name}@${version}`).toString().trim();
  mkdirSync(join(folder, to), { recursive: true });
  run("tar", "xzf", tarball, "-C", to, "--strip-components=1");
}

try {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", ...RUNTIME);
  unpack("@copilotkit/runtime", COPILOTKIT, "runtime");
  unpack("@copilotkit/shared", COPILOTKIT, "shared");
  // All that the runner needs of it is how runs are ended.
  const shared = join(folder, "node_modules/@copilotkit/shared");
  mkdirSync(shared, { recursive: true });
  const entry = "../../../shared/dist/finalize-events.mjs";
  writeFileSync(join(shared, "package.json"), JSON.stringify({ type: "module", exports: "./index.mjs" }));
  writeFileSync(join(shared, "index.mjs"), `export * from "${entry}";\n`);
  const runner = join(folder, "runtime/dist/v2/runtime/runner/in-memory.mjs");
  unpack("@mastra/core", MASTRA, "mastra");
  // Their PubSub stands in a file that needs nothing else, under a short name.
  const index = readFileSync(join(folder, "mastra/dist/events/index.js"), "utf8");
  const [, name, file] = /(\w+) as EventEmitterPubSub\b[^}]*\} from "\.\.\/([^"]+)"/.exec(index);
  const pubSub = join(folder, "pub-sub.mjs");
  writeFileSync(pubSub, `export { ${name} as EventEmitterPubSub } from "./mastra/dist/${file}";\n`);
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const tests = ["copilotkit", "mastra"].map((name) => `packages/adapters/tests/${name}.test.ts`);
  execFileSync("npx", ["vitest", "run", ...tests, "--reporter=verbose"], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      ORACLE_AGENT_RUNNER: pathToFileURL(runner).href,
      ORACLE_PUB_SUB: pathToFileURL(pubSub).href,
    },
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
