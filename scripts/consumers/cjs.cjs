// Older Node, and Jest, cannot require ESM: these must not need it. (What @tanstack/db requires is ESM: see db.cjs.)
for (const name of [
  "client",
  "protocol",
  "server",
  "state",
  "yjs",
  "yjs/core",
  "yjs/server",
  "ai",
  "ai-sdk",
  "tanstack-ai",
  "adapters/resumable-stream",
  "adapters/copilotkit",
  "adapters/mastra",
  "adapters/mcp",
  "adapters/openai-agents",
  "timeline",
  "proxy",
  "proxy/client",
  "proxy/transports",
  "proxy/handler",
]) {
  const path = require.resolve(`@perennial/${name}`);
  if (!path.includes("cjs")) throw new Error(`require("@perennial/${name}") finds ${path}`);
  if (/^(proxy|adapters|timeline)/.test(name)) require(`@perennial/${name}`);
}
const [client, protocol, server, state] = ["client", "protocol", "server", "state"].map((name) =>
  require(`@perennial/${name}`),
);
import("./tour.mjs").then(({ tour }) =>
  tour({ client, state, db: { createStreamDB() {} }, protocol, server }),
);
