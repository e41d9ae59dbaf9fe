import { fileURLToPath } from "node:url";
import { examplesOf, typeErrors } from "@perennial/testing/examples";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

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
  const examples = [
    ...WITH_OTHERS.map((code) => ({ from: "the packages of others", code })),
    ...(await examplesOf(root)),
  ];
  expect(examples.length).toBeGreaterThan(10);
  expect(await typeErrors(root, examples, { types: ["node"] })).toBe("");
});
