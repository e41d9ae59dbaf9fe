// Builds the single executable: the bundled program and lmdb's native code inside a copy of the running Node
// (https://nodejs.org/api/single-executable-applications.html). Usage: node build.js [output]
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildExplorer } from "@perennial/explorer/build";
import { inject } from "postject";
import { rolldown } from "rolldown";

/** Marks the place in Node's executable that says whether a program is inside. Node's documentation gives it. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const output = resolve(process.argv[2] ?? join(here, "../dist/perennial"));
const work = mkdtempSync(join(tmpdir(), "perennial-build-"));

try {
  await buildExplorer();
  const bundle = join(work, "perennial.cjs");
  await bundleProgram(bundle);
  const blob = join(work, "program.blob");
  prepareBlob(bundle, blob);
  mkdirSync(dirname(output), { recursive: true });
  rmSync(output, { force: true });
  copyFileSync(process.execPath, output);
  await inject(output, "NODE_SEA_BLOB", readFileSync(blob), { sentinelFuse: FUSE });
  chmodSync(output, 0o755);
  console.log(`${output} (${(statSync(output).size / 1e6).toFixed(1)} MB, Node ${process.versions.node})`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** All modules in one file, of the kind that the executable can hold. */
async function bundleProgram(file) {
  const { version } = JSON.parse(readFileSync(join(here, "../package.json"), "utf8"));
  const build = await rolldown({
    input: join(here, "entry.js"),
    platform: "node",
    // lmdb's helper calls eval to make a faster function; that is known.
    onLog: (level, log, report) => log.code === "EVAL" || report(level, log),
    plugins: [
      {
        name: "inside-an-executable",
        resolveId: (id) => (id === "node-gyp-build-optional-packages" ? join(here, "native.cjs") : undefined),
        load: (id) =>
          id.endsWith("/cli/dist/version.js") ? `export const VERSION = "${version}";` : undefined,
      },
    ],
  });
  await build.write({ file, format: "cjs", codeSplitting: false, minify: true });
  await build.close();
}

function prepareBlob(bundle, blob) {
  const config = join(work, "sea.json");
  const settings = {
    main: bundle,
    output: blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: { "lmdb.node": nativeLibrary() },
  };
  writeFileSync(config, JSON.stringify(settings));
  const { status, stderr } = spawnSync(process.execPath, ["--experimental-sea-config", config], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`Node could not prepare the program: ${stderr}`);
}

/** lmdb's library for this platform, of the kind that works with every version of Node. */
function nativeLibrary() {
  const fromServer = createRequire(require.resolve("@perennial/server/package.json"));
  const fromLmdb = createRequire(fromServer.resolve("lmdb"));
  const directory = dirname(fromLmdb.resolve(`@lmdb/lmdb-${process.platform}-${process.arch}/package.json`));
  const isMusl =
    process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined;
  const candidates = [`node.napi.${isMusl ? "musl" : "glibc"}.node`, "node.napi.node"];
  const found = candidates.map((name) => join(directory, name)).find(existsSync);
  if (found === undefined) throw new Error(`no native library of lmdb in ${directory}`);
  return found;
}
