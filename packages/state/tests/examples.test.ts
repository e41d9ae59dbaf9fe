import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The TypeScript examples in a text; those in doc comments lose the comment's stars. */
function examplesIn(text: string): string[] {
  const plain = text.replace(/^[ \t]*\* ?/gm, "");
  return Array.from(plain.matchAll(/```ts\n(.*?)```/gs), (match) => match[1]!);
}

test("every example in the sources and the README type-checks", async () => {
  const sources = (await readdir(join(root, "src"), { recursive: true })).filter((file) =>
    file.endsWith(".ts"),
  );
  const directory = await mkdtemp(join(root, ".examples-"));
  try {
    let count = 0;
    for (const file of ["README.md", ...sources.map((source) => join("src", source))]) {
      for (const example of examplesIn(await readFile(join(root, file), "utf8"))) {
        await writeFile(join(directory, `${count++}.ts`), `// From ${file}\nexport {};\n${example}`);
      }
    }
    expect(count).toBeGreaterThan(10);
    const compilerOptions = {
      composite: false,
      noEmit: true,
      declaration: false,
      declarationMap: false,
      noUnusedLocals: false,
    };
    const config = { extends: "../../../tsconfig.base.json", compilerOptions, include: ["*.ts"] };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "../../node_modules/.bin/tsc");
    const { stdout } = await promisify(execFile)(tsc, ["-p", directory]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  } finally {
    await rm(directory, { recursive: true });
  }
});
