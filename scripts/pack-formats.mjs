// Before a package is packed: its CommonJS build with declarations of its own, beside the ESM that tsc has written.
// Run in the package's folder; `exports` say what there is to build (`require`) and from what (`perennial-source`).
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const CJS = "dist/cjs";

/** The declaration files below a folder. */
function declarations(folder) {
  const files = readdirSync(folder, { recursive: true }).map((file) => join(folder, file));
  return files.filter((file) => file.endsWith(".d.ts") && !file.startsWith(CJS));
}

rmSync(CJS, { recursive: true, force: true });
for (const file of declarations("dist")) {
  // Declarations name modules as users of any TypeScript understand it, and no map that is not shipped.
  const text = readFileSync(file, "utf8")
    .replaceAll(/(from |import\()"(\.{1,2}\/[^"]*)\.ts"/g, '$1"$2.js"')
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, "");
  writeFileSync(file, text);
  cpSync(file, file.replace(/^dist/, CJS), { recursive: true });
}
// Below a package.json that says so, .js and .d.ts are CommonJS.
writeFileSync(join(CJS, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);

const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
const isExternal = (id) =>
  id.startsWith("node:") || named.some((name) => id === name || id.startsWith(`${name}/`));
const entries = Object.values(manifest.exports).filter((entry) => entry.require);
const build = await rolldown({
  input: Object.fromEntries(
    entries.map((entry) => [
      entry.require.default.slice(`./${CJS}/`.length, -".js".length),
      entry["perennial-source"],
    ]),
  ),
  external: isExternal,
  resolve: { conditionNames: ["perennial-source", "import", "default"] },
  platform: "neutral",
});
await build.write({ dir: CJS, format: "cjs", chunkFileNames: "[name]-[hash].js" });
for (const entry of entries)
  for (const file of [entry.require.default, entry.require.types])
    if (!existsSync(file)) throw new Error(`${manifest.name}: ${file} was not built`);
