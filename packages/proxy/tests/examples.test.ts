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

/** How the package is used by those of others. */
const WITH_OTHERS = [
  `import { createDurableChatTransport } from "@perennial/proxy/transports";
import type { ChatTransport, UIMessage, UIMessageChunk } from "ai";
export const transport: ChatTransport<UIMessage> = createDurableChatTransport<UIMessageChunk>({
  api: "https://example.com/api/chat", proxyUrl: "https://example.com/v1/proxy", proxyAuthorization: "token",
});`,
  `import { createDurableFetch } from "@perennial/proxy/client";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
const durableFetch = createDurableFetch({ proxyUrl: "https://example.com/v1/proxy", proxyAuthorization: "token" });
new OpenAI({ fetch: durableFetch as typeof fetch });
new Anthropic({ fetch: durableFetch as typeof fetch });`,
  `import { createProxyServer, type ProxyServer, type UpstreamConnection, validatePreSignedUrl, validateServiceJwt } from "@perennial/proxy";
const server: ProxyServer = await createProxyServer({
  port: 4440, host: "localhost", durableStreamsUrl: "http://localhost:4437", jwtSecret: "secret",
  allowlist: ["https://api.openai.com/**"], streamTtlSeconds: 60, urlExpirationSeconds: 60, maxResponseBytes: 1,
});
const url = validatePreSignedUrl("id", "1", "s", "secret");
const code: "SIGNATURE_EXPIRED" | "SIGNATURE_INVALID" | undefined = url.ok ? undefined : url.code;
const jwt = validateServiceJwt(null, undefined, "secret");
export const problem: "MISSING_SECRET" | "INVALID_SECRET" | undefined = jwt.ok ? undefined : jwt.code;
export const connection: UpstreamConnection = { abortController: new AbortController(), streamId: "id", startedAt: 0 };
console.log(server.url, code);
await server.stop();`,
];

test("every example in the sources and the README, and with the packages of others, type-checks", async () => {
  const directory = await mkdtemp(join(root, ".examples-"));
  try {
    const sources = await readdir(join(root, "src"), { recursive: true });
    const files = ["README.md", ...sources.map((file) => join("src", file))].filter((file) =>
      /\.(ts|md)$/.test(file),
    );
    const examples = [...WITH_OTHERS];
    for (const file of files)
      examples.push(
        ...examplesIn(await readFile(join(root, file), "utf8")).map((code) => `// ${file}\n${code}`),
      );
    expect(examples.length).toBeGreaterThan(10);
    for (const [at, code] of examples.entries())
      await writeFile(join(directory, `${at}.ts`), `export {};\n${code}`);
    const compilerOptions = {
      ...{ composite: false, noEmit: true, declaration: false, declarationMap: false },
      ...{ noUnusedLocals: false, noUnusedParameters: false, types: ["node"] },
    };
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
