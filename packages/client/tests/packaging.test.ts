import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import config from "../rolldown.config.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = JSON.stringify(join(root, "src/index.ts"));

/** Bundles an entry as an application would, with what it does not use shaken out. */
async function bundle(entry: string, minify: boolean): Promise<string> {
  const build = await rolldown({
    input: "entry",
    resolve: config.resolve,
    plugins: [
      {
        name: "entry",
        resolveId: (id: string) => (id === "entry" ? id : undefined),
        load: (id: string) => (id === "entry" ? entry : undefined),
      },
    ],
  });
  // As every minifier does: annotations for bundlers are of no use to a browser.
  const comments = { annotation: !minify };
  const { output } = await build.generate({ format: "esm", minify, comments });
  expect(output).toHaveLength(1);
  expect(output[0].imports).toEqual([]);
  return output[0].code;
}

describe("the package", () => {
  // The budget that the package promises. In bytes; 1 kB is 1,000 of them.
  test.each([
    ["stream()", `export { stream } from ${source};`, 6_716],
    ["DurableStream", `export { DurableStream } from ${source};`, 9_904],
    ["everything", `export * from ${source};`, 13_252],
  ])("%s stays within its size budget, minified and compressed", async (name, entry, budget) => {
    const size = brotliCompressSync(await bundle(entry, true)).length;
    console.log(`${name}: ${size} bytes of ${budget}`);
    expect(size).toBeLessThanOrEqual(budget);
  });

  test("stream() alone brings no code for writing", async () => {
    const code = await bundle(`export { stream } from ${source};`, false);
    expect(code).not.toMatch(
      /class (DurableStream|IdempotentProducer|ProducerQueue|AppendQueue|StreamClosedError)\b/,
    );
  });

  test("it needs nothing at run time, and loads on its own", async () => {
    const directory = await mkdtemp(join(tmpdir(), "perennial-client-"));
    const file = join(directory, "index.mjs");
    await writeFile(file, await bundle(`export * from ${source};`, false));
    const exports = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    expect(exports.stream).toBeTypeOf("function");
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.peerDependencies).toBeUndefined();
  });

  test("it uses no global of Node's", async () => {
    const code = await bundle(`export * from ${source};`, false);
    const statements = code.replace(/\/\*.*?\*\//gs, "");
    expect(statements).not.toMatch(
      /["']node:|\bBuffer\b|process\.nextTick|require\(|setImmediate|AbortSignal\.any/,
    );
  });

  test("its declarations stand on their own", async () => {
    const files = await readdir(join(root, "dist"), { recursive: true });
    const declarations = files.filter((file) => file.endsWith(".d.ts"));
    expect(declarations.length).toBeGreaterThan(0);
    for (const file of declarations) {
      // Examples in comments name packages too.
      const text = (await readFile(join(root, "dist", file), "utf8")).replace(/\/\*.*?\*\//gs, "");
      expect(text).not.toMatch(/["']@perennial\//);
    }
  });
});
