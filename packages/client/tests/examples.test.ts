import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = join(root, "../../node_modules/.bin/tsc");

/** The TypeScript examples in a text; those in doc comments lose the comment's stars. */
function examplesIn(text: string): string[] {
  const plain = text.replace(/^[ \t]*\* ?/gm, "");
  return Array.from(plain.matchAll(/```ts\n(.*?)```/gs), (match) => match[1] ?? "");
}

test("every example in the sources and the documentation type-checks", async () => {
  const sources = (await readdir(join(root, "src"), { recursive: true })).filter((file) =>
    file.endsWith(".ts"),
  );
  const files = [...sources.map((file) => join("src", file)), "README.md", "docs/migrating.md"];
  const directory = await mkdtemp(join(root, ".examples-"));
  try {
    let count = 0;
    for (const file of files) {
      for (const example of examplesIn(await readFile(join(root, file), "utf8"))) {
        const code = example.replaceAll('"@perennial/client"', '"../src/index.ts"');
        await writeFile(join(directory, `${String(count++)}.ts`), `// From ${file}\nexport {};\n${code}`);
      }
    }
    expect(count).toBeGreaterThan(15);
    const config = {
      extends: "../../../tsconfig.base.json",
      compilerOptions: {
        composite: false,
        noEmit: true,
        declaration: false,
        declarationMap: false,
        noUnusedLocals: false,
        noUnusedParameters: false,
      },
      include: ["*.ts"],
    };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = await promisify(execFile)(tsc, ["-p", directory]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  } finally {
    await rm(directory, { recursive: true });
  }
});
