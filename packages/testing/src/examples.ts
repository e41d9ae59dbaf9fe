/** Examples of the documentation, type-checked as files of somebody who copies them. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));

export interface Example {
  /** Where it comes from, for the message. */
  readonly from: string;
  readonly code: string;
  /** What it is written in. Default: `ts`. */
  readonly language?: string;
}

/** The TypeScript examples in a text; those in doc comments lose the comment's stars. */
function examplesIn(text: string): string[] {
  const plain = text.replace(/^[ \t]*\* ?/gm, "");
  return Array.from(plain.matchAll(/```ts\n(.*?)```/gs), (match) => match[1]!);
}

/**
 * The TypeScript examples of a package: of its pages, and of the comments in its sources.
 *
 * @param pages those of its documentation. Default: the README
 */
export async function examplesOf(
  folder: string,
  pages: readonly string[] = ["README.md"],
): Promise<Example[]> {
  const sources = (await readdir(join(folder, "src"), { recursive: true })).map((file) => join("src", file));
  const files = [...pages, ...sources.filter((file) => /\.tsx?$/.test(file))];
  const found: Example[] = [];
  for (const from of files)
    for (const code of examplesIn(await readFile(join(folder, from), "utf8"))) found.push({ from, code });
  return found;
}

/**
 * Compiles examples, each a file of its own.
 *
 * @param folder where packages are looked up from; the files are in it for as long as they are compiled
 * @param options compiler options beside those of the house, in which names that an example does not use are no errors
 * @returns what the compiler says; empty when all is right
 */
export async function typeErrors(
  folder: string,
  examples: readonly Example[],
  options: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const directory = await mkdtemp(join(folder, ".examples-"));
  try {
    for (const [at, { from, code, language = "ts" }] of examples.entries())
      await writeFile(join(directory, `${at}.${language}`), `// From ${from}\nexport {};\n${code}`);
    const compilerOptions = {
      ...{ composite: false, noEmit: true, declaration: false, declarationMap: false },
      ...{ noUnusedLocals: false, noUnusedParameters: false },
      ...options,
    };
    const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*"] };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/.bin/tsc");
    const { stdout } = await promisify(execFile)(tsc, ["-p", directory]).catch(
      (error: { stdout: string }) => error,
    );
    return stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}
