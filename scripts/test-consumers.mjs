/**
 * Packs the packages that people import, and uses the tarballs as they do.
 *
 *   npm run test:consumers            publint, import, require, tsc in its present modes: without a network
 *   npm run test:consumers -- all     also attw, older tsc, Jest, Vite, webpack, esbuild, Next.js, Bun, Deno
 *   npm run test:consumers -- jest    one of them
 *
 * Tools come from npm, on demand, into .cache/consumers; `npm ci` never installs them.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const HOME = join(ROOT, ".cache", "consumers");
const TOOLS = join(HOME, "tools");
const PACKAGES = [
  "protocol",
  "tokens",
  "client",
  "state",
  "server",
  "yjs",
  "ai",
  "ai-sdk",
  "tanstack-ai",
  "adapters",
  "timeline",
  "proxy",
];

function run(command, args, cwd = HOME, env = {}) {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...env },
    });
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")}\n${error.stdout ?? ""}${error.stderr ?? error.message}`);
  }
}

/** Installs tools, and returns where a file of theirs is. */
function tool(file, ...packages) {
  mkdirSync(TOOLS, { recursive: true });
  if (!existsSync(join(TOOLS, "package.json")))
    writeFileSync(join(TOOLS, "package.json"), '{ "private": true }\n');
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--legacy-peer-deps"];
  run("npm", ["install", ...packages, ...flags], TOOLS);
  return join(TOOLS, "node_modules", file);
}

/** Packs, and lays the packages out as an installation does. What they depend on is found in the folders above. */
function install() {
  rmSync(HOME, { recursive: true, force: true });
  for (const name of PACKAGES) {
    const folder = join(HOME, "node_modules", "@perennial", name);
    mkdirSync(folder, { recursive: true });
    run("npm", ["pack", "--pack-destination", HOME], join(ROOT, "packages", name));
    run("tar", ["xzf", `perennial-${name}-0.1.0.tgz`, "-C", folder, "--strip-components=1"]);
  }
  cpSync(join(ROOT, "scripts", "consumers"), HOME, { recursive: true });
  writeFileSync(join(HOME, "package.json"), '{ "private": true }\n');
}

/** A folder of its own inside the installation, with these files. */
function project(name, files) {
  const folder = join(HOME, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

function compile(tsc, name, file, options, source = "typed.ts") {
  const folder = project(name, {});
  mkdirSync(folder, { recursive: true });
  cpSync(join(HOME, source), join(folder, file));
  const compilerOptions = {
    target: "es2022",
    lib: ["es2023", "dom"],
    strict: true,
    noEmit: true,
    ...options,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
  run(process.execPath, [tsc, "-p", "."], folder);
}

const TSC = join(ROOT, "node_modules", "typescript", "bin", "tsc");
const BUNDLED = `import * as client from "@perennial/client";
import * as state from "@perennial/state";
import * as db from "@perennial/state/db";
if (![client.stream, state.createStateSchema, db.createStreamDB].every((it) => typeof it === "function")) throw 1;
console.log("bundled");
`;

/** Runs what a bundler wrote. */
function runBundle(file) {
  if (!run(process.execPath, [file]).includes("bundled")) throw new Error(`${file} does not run`);
}

const CHECKS = {
  publint: () => {
    for (const name of PACKAGES)
      run(process.execPath, [
        join(ROOT, "node_modules", "publint", "src", "cli.js"),
        "--strict",
        join(HOME, "node_modules", "@perennial", name),
      ]);
  },
  import: () => run(process.execPath, ["esm.mjs"]),
  require: () => {
    run(process.execPath, ["--no-experimental-require-module", "cjs.cjs"]);
    run(process.execPath, ["db.cjs"]);
  },
  "tsc-nodenext": () => {
    compile(TSC, "nodenext-esm", "typed.mts", { module: "nodenext", types: [] });
    compile(TSC, "nodenext-cjs", "typed.cts", { module: "nodenext", types: [] });
  },
  // The SDK's own declarations need types that it does not bring.
  "tsc-ai": () => {
    const options = { module: "nodenext", types: [], skipLibCheck: true };
    compile(TSC, "ai-esm", "typed.mts", options, "typed-ai.ts");
    compile(TSC, "ai-cjs", "typed.cts", options, "typed-ai.ts");
  },
  "tsc-bundler": () => compile(TSC, "bundler", "typed.ts", { module: "preserve", types: [] }),
};

const CAMPAIGN = {
  attw: () => {
    const attw = tool("@arethetypeswrong/cli/dist/index.js", "@arethetypeswrong/cli");
    // A worker is started by the name of its file, and never imported.
    const flags = ["--exclude-entrypoints", "./compaction-worker"];
    for (const name of PACKAGES)
      run(process.execPath, [attw, join(HOME, `perennial-${name}-0.1.0.tgz`), ...flags]);
  },
  "tsc-older": () => {
    const tsc = tool("typescript/bin/tsc", "typescript@5.9");
    const skipLibCheck = true;
    compile(tsc, "node10", "typed.ts", { module: "commonjs", moduleResolution: "node10", skipLibCheck });
    compile(tsc, "node16-esm", "typed.mts", { module: "node16", skipLibCheck });
    compile(tsc, "node16-cjs", "typed.cts", { module: "node16", skipLibCheck });
  },
  jest: () => {
    const jest = tool("jest/bin/jest.js", "jest");
    const folder = project("jest", {
      "package.json": '{ "private": true }',
      "client.test.js": `const client = require("@perennial/client");
const state = require("@perennial/state");
const { createServer } = require("@perennial/server");
test("a round trip", async () => {
  const server = createServer({ port: 0 });
  await server.start();
  const url = server.url + "/v1/stream/jest";
  const handle = await client.DurableStream.create({ url, contentType: "application/json" });
  await handle.append({ n: 1 });
  expect(await (await client.stream({ url, live: false })).json()).toEqual([{ n: 1 }]);
  expect(typeof state.createStateSchema).toBe("function");
  await server.stop();
});
`,
    });
    run(process.execPath, [jest, "--rootDir", folder], folder);
  },
  // As packages/state/README.md has it.
  "jest-db": () => {
    const plugin = tool(
      "@babel/plugin-transform-modules-commonjs",
      "@babel/plugin-transform-modules-commonjs",
      "jest",
    );
    const transform = { "\\.js$": [join(TOOLS, "node_modules", "babel-jest"), { plugins: [plugin] }] };
    const config = { transform, transformIgnorePatterns: ["/node_modules/(?!fractional-indexing/)"] };
    const folder = project("jest-db", {
      "package.json": JSON.stringify({ private: true, jest: config }),
      "db.test.js": `const { createStreamDB } = require("@perennial/state/db");
test("StreamDB can be required", () => expect(typeof createStreamDB).toBe("function"));
`,
    });
    run(
      process.execPath,
      [join(TOOLS, "node_modules", "jest", "bin", "jest.js"), "--rootDir", folder],
      folder,
    );
  },
  vite: () => {
    const folder = project("vite", {
      "main.js": BUNDLED,
      "package.json": '{ "private": true, "type": "module" }',
      "vite.config.js": "export default { ssr: { noExternal: true } };\n",
    });
    const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
    run(process.execPath, [vite, "build", "--ssr", "main.js", "--outDir", "out"], folder);
    runBundle(join(folder, "out", "main.js"));
  },
  webpack: () => {
    const webpack = tool("webpack-cli/bin/cli.js", "webpack", "webpack-cli");
    const folder = project("webpack", { "main.mjs": BUNDLED });
    const args = ["--mode", "production", "--target", "web", "--entry", "./main.mjs", "-o", "out"];
    run(process.execPath, [webpack, ...args], folder, { NODE_PATH: join(TOOLS, "node_modules") });
    runBundle(join(folder, "out", "main.js"));
  },
  esbuild: () => {
    const esbuild = tool("esbuild/bin/esbuild", "esbuild");
    for (const format of ["esm", "cjs"]) {
      const folder = project(`esbuild-${format}`, { "main.js": BUNDLED });
      run(
        esbuild,
        [
          "main.js",
          "--bundle",
          "--minify",
          `--format=${format}`,
          `--outfile=out.${format === "esm" ? "m" : "c"}js`,
        ],
        folder,
      );
      runBundle(join(folder, format === "esm" ? "out.mjs" : "out.cjs"));
    }
  },
  next: () => {
    const next = tool("next/dist/bin/next", "next", "react", "react-dom");
    const folder = project("tools/next-app", {
      "package.json": '{ "private": true }',
      "next.config.mjs": "export default { experimental: { cpus: 1 } };\n",
      "app/layout.jsx": "export default ({ children }) => <html><body>{children}</body></html>;\n",
      "app/page.jsx": `"use client";
import { stream } from "@perennial/client";
import { createStreamDB } from "@perennial/state/db";
export default function Page() { return <p>{typeof stream} {typeof createStreamDB}</p>; }
`,
      "app/api/route.js": `import { stream } from "@perennial/client";
export const GET = () => Response.json(typeof stream);
`,
    });
    run(process.execPath, [next, "build"], folder, { NEXT_TELEMETRY_DISABLED: "1" });
  },
  bun: () => {
    const bun = tool(
      `@oven/bun-linux-${process.arch === "x64" ? "x64" : "aarch64"}/bin/bun`,
      `@oven/bun-linux-${process.arch === "x64" ? "x64" : "aarch64"}`,
    );
    run(bun, ["-e", `${BUNDLED}\nconst c = require("@perennial/client"); if (!c.stream) throw 2;`]);
  },
  deno: () => {
    const deno = tool("deno/bin.cjs", "deno");
    const file = join(project("deno", { "main.mjs": BUNDLED }), "main.mjs");
    run(process.execPath, [deno, "run", "--node-modules-dir=manual", "-A", file]);
  },
};

const wanted = process.argv.slice(2);
const all = { ...CHECKS, ...CAMPAIGN };
const unknown = wanted.filter((name) => name !== "all" && !(name in all));
if (unknown.length > 0) throw new Error(`unknown: ${unknown}; one of all, ${Object.keys(all)}`);
install();
let failed = 0;
for (const [name, check] of Object.entries(all)) {
  if (wanted.length === 0 ? !(name in CHECKS) : !wanted.includes("all") && !wanted.includes(name)) continue;
  try {
    check();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${error.message}`);
  }
}
process.exitCode = failed > 0 ? 1 : 0;
