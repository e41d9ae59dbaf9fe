import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../..", import.meta.url));
const tsc = join(packages, "../node_modules/.bin/tsc");

/** The TypeScript examples in a text; those in doc comments lose the comment's stars. */
function examplesIn(text: string): string[] {
  const plain = text.replace(/^[ \t]*\* ?/gm, "");
  return Array.from(plain.matchAll(/```ts\n(.*?)```/gs), (match) => match[1] ?? "");
}

async function filesOf(name: string): Promise<string[]> {
  const sources = await readdir(join(packages, name, "src"), { recursive: true });
  return [join(name, "README.md"), ...sources.map((file) => join(name, "src", file))].filter((file) =>
    /\.(ts|md)$/.test(file),
  );
}

/** Snippets as the official documentation has them, with our import. */
const OFFICIAL = [
  `import { createDurableChatTransport } from "@perennial/ai-sdk";
import { AbstractChat, type ChatState, type UIMessage } from "ai";
declare const state: ChatState<UIMessage>;
class Chat extends AbstractChat<UIMessage> {}
const transport = createDurableChatTransport({ api: "/api/chat", reconnectApi: "/api/chat/1/stream", headers: { a: "b" }, fetchClient: fetch });
new Chat({ id: "1", transport, state });`,
  `import { toDurableStreamResponse, type ToDurableStreamResponseOptions } from "@perennial/ai-sdk";
import { streamText, type LanguageModel } from "ai";
declare const model: LanguageModel;
declare const waitUntil: ToDurableStreamResponseOptions["waitUntil"];
const result = streamText({ model, prompt: "Hi" });
export const response = await toDurableStreamResponse({
  source: result.toUIMessageStream({ originalMessages: [] }),
  stream: { writeUrl: new URL("https://example.com/w"), readUrl: "/r", headers: { authorization: () => "Bearer t" }, createIfMissing: true },
  mode: "immediate", waitUntil, exposeLocationHeader: true,
});`,
];

test("every example in the sources and the READMEs, and of the official documentation, type-checks", async () => {
  const directory = await mkdtemp(join(packages, "ai-sdk", ".examples-"));
  try {
    const examples = [...OFFICIAL];
    for (const file of [...(await filesOf("ai")), ...(await filesOf("ai-sdk"))])
      examples.push(
        ...examplesIn(await readFile(join(packages, file), "utf8")).map((code) => `// ${file}\n${code}`),
      );
    expect(examples.length).toBeGreaterThan(9);
    for (const [at, code] of examples.entries())
      await writeFile(join(directory, `${at}.ts`), `export {};\n${code}`);
    const options = { composite: false, noEmit: true, declaration: false, declarationMap: false };
    const unused = { noUnusedLocals: false, noUnusedParameters: false };
    const compilerOptions = { ...options, ...unused };
    const config = { extends: "../../../tsconfig.base.json", compilerOptions, include: ["*.ts"] };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = await promisify(execFile)(tsc, ["-p", directory]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  } finally {
    await rm(directory, { recursive: true });
  }
});
