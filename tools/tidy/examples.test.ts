/** What the documentation shows compiles. Packages with tests of their examples check those in their sources, too. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { trackedFiles } from "./sources.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Type-checked where their packages are: `tests/examples.test.ts`. */
const ELSEWHERE = /^packages\/(client|state|ai|ai-sdk)\//;
/** CONTRIBUTING shows excerpts. */
const pages = trackedFiles(root, /^(?!bench\/|clients\/|CONTRIBUTING).*\.md$/).filter(
  ({ path }) => !ELSEWHERE.test(path),
);

it("every TypeScript and JavaScript example on a page compiles", async () => {
  const directory = await mkdtemp(join(root, ".examples-"));
  try {
    let count = 0;
    for (const { path, text } of pages)
      for (const [, language, code] of text.matchAll(/^```(ts|tsx|js)\n(.*?)^```$/gms))
        await writeFile(join(directory, `${count++}.${language}`), `// From ${path}\nexport {};\n${code}`);
    expect(count).toBeGreaterThan(10);
    const compilerOptions = {
      ...{ composite: false, declaration: false, declarationMap: false, noEmit: true },
      ...{ allowJs: true, checkJs: true, jsx: "react-jsx", types: ["node"] },
      ...{ noUnusedLocals: false, noUnusedParameters: false },
    };
    const config = { extends: "../tsconfig.base.json", compilerOptions, include: ["*"] };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/.bin/tsc");
    const { stdout } = await promisify(execFile)(tsc, ["-p", directory]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  } finally {
    await rm(directory, { recursive: true });
  }
});
