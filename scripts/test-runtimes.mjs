/**
 * Runs the whole test suite under the newest Node, and the tour of the README under Bun, through the fetch handler.
 *
 *   npm run test:runtimes            both
 *   npm run test:runtimes -- node    one of them; what follows is passed to vitest
 *   npm run test:runtimes -- bun
 *
 * The runtimes come from npm, on demand, into .cache/runtimes; `npm ci` never installs them.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CACHE = join(ROOT, ".cache", "runtimes");
const BUN_ARCHITECTURES = { x64: "x64", arm64: "aarch64" };

/** Installs the newest version of a package that holds a runtime; returns the path of its binary. */
function fetchRuntime(packageName, binary) {
  const folder = join(CACHE, packageName.replace("/", "-"));
  mkdirSync(folder, { recursive: true });
  // A project of its own, so that npm does not take it for a part of this one.
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const install = ["install", `${packageName}@latest`, "--no-audit", "--no-fund", "--ignore-scripts"];
  execFileSync("npm", install, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  return join(folder, "node_modules", packageName, "bin", binary);
}

function versionOf(binary) {
  return execFileSync(binary, ["--version"], { encoding: "utf8" }).trim();
}

/** Runs the suite by the given Node, which the processes that tests start find first, too. */
function testUnderNode(vitestArguments) {
  const node = fetchRuntime(`node-${process.platform}-${process.arch}`, "node");
  console.log(`The whole suite under Node ${versionOf(node)}:`);
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  execFileSync(node, [vitest, "run", ...vitestArguments], { cwd: ROOT, stdio: "inherit", env });
}

/** Serves by Bun, and types the commands of the README's tour. */
async function tourUnderBun() {
  const architecture = BUN_ARCHITECTURES[process.arch] ?? process.arch;
  const bun = fetchRuntime(`@oven/bun-${process.platform}-${architecture}`, "bun");
  console.log(`The tour under Bun ${versionOf(bun)}:`);
  const server = spawn(bun, [join(ROOT, "scripts", "bun-server.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const origin = (await until(server, /^http:\/\/\S+$/m))[0];
    await tour(origin);
  } finally {
    server.kill("SIGTERM");
  }
}

async function tour(origin) {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const commands = [...readme.matchAll(/^curl .*localhost:4437\/v1\/stream\/tour.*$/gm)].map(([command]) =>
    command.replace("http://localhost:4437", origin),
  );
  const expected = [
    /^HTTP\/1\.1 201 /,
    /^HTTP\/1\.1 204 /,
    /\r\n\r\nHello, stream/,
    /^event: data\ndata: ?Hello, stream\n/,
  ];
  if (commands.length !== expected.length)
    throw new Error(`the README has ${commands.length} commands of the tour`);
  for (const [index, command] of commands.entries()) {
    const child = spawn("sh", ["-c", `exec ${command}`], { stdio: ["ignore", "pipe", "ignore"] });
    await until(child, expected[index]);
    child.kill();
    console.log(`  passed: ${command}`);
  }
}

/** Resolves with the match once a process has printed it; rejects when the process ends before. */
function until(child, pattern) {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      const match = pattern.exec(output);
      if (match !== null) resolve(match);
    });
    child.once("error", reject);
    child.once("close", () => reject(new Error(`ended without ${pattern}:\n${output}`)));
  });
}

const [which, ...rest] = process.argv.slice(2);
if (which !== undefined && which !== "node" && which !== "bun")
  throw new Error(`not a runtime of ours: ${which}`);
execFileSync("npm", ["run", "--silent", "build"], { cwd: ROOT, stdio: "inherit" });
if (which !== "node") await tourUnderBun();
if (which !== "bun") testUnderNode(rest);
