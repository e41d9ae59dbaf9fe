import { createServer } from "node:http";
import { DurableSession } from "@perennial/adapters/openai-agents";
import { foldChunks, readGeneration } from "@perennial/ai";
import { uiMessageFormat as format, toDurableStreamResponse } from "@perennial/ai-sdk";
import * as client from "@perennial/client";
import * as protocol from "@perennial/protocol";
import { createProxyHandler } from "@perennial/proxy";
import { createDurableFetch, MemoryStorage } from "@perennial/proxy/client";
import { createDurableChatTransport } from "@perennial/proxy/transports";
import * as server from "@perennial/server";
import * as state from "@perennial/state";
import * as db from "@perennial/state/db";
import { YjsProvider } from "@perennial/yjs";
import { YjsServer } from "@perennial/yjs/server";
import * as Y from "yjs";
import { tour } from "./tour.mjs";

await tour({ client, state, db, protocol, server });

const yjs = new YjsServer({ dsServer: server.createServer(), compactionThreshold: 1 });
const doc = new Y.Doc();
const provider = new YjsProvider({
  ...{ doc, baseUrl: "http://localhost/v1/yjs/tour", docId: "tour" },
  fetch: (input, init) => yjs.fetch(new Request(input, init)),
});
await provider.connect();
doc.getText("text").insert(0, "hello");
await provider.flush();
await yjs.compactor.idle();
if (yjs.getDocumentState("tour", "tour")?.snapshotOffset == null)
  throw new Error("the document was not compacted");
provider.destroy();
await yjs.stop();

const streams = server.createServer();
const target = {
  url: "http://localhost/v1/stream/answer",
  fetch: (input, init) => streams.fetch(new Request(input, init)),
};
const source = (async function* () {
  for (const delta of ["Hello, ", "world"]) yield { type: "text-delta", id: "t", delta };
})();
await toDurableStreamResponse({
  source,
  mode: "await",
  stream: { writeUrl: target.url, fetch: target.fetch },
});
const chunks = [];
const batches = (await readGeneration({ target, format })).getReader();
for (let next = await batches.read(); !next.done; next = await batches.read())
  chunks.push(...next.value.chunks);
if (foldChunks(format, chunks)[0].delta !== "Hello, world") throw new Error("the answer is not whole");
const session = new DurableSession({ streamsUrl: "http://localhost/v1/stream/agents", fetch: target.fetch });
await session.addItems([{ role: "user" }]);
if ((await session.getItems()).length !== 1) throw new Error("the session forgot an item");
await streams.stop();

const upstream = createServer((_request, response) => response.end("an answer")).listen(0, "127.0.0.1");
await new Promise((resolve) => upstream.once("listening", resolve));
const proxy = createProxyHandler({
  ...{ dsServer: server.createServer(), jwtSecret: "tour" },
  allowlist: ["http://localhost:*/**"],
});
const durableFetch = createDurableFetch({
  ...{ proxyUrl: "http://localhost/v1/proxy", proxyAuthorization: "tour", storage: new MemoryStorage() },
  fetch: (input, init) => proxy.fetch(new Request(input, init)),
});
const answer = await durableFetch(`http://localhost:${upstream.address().port}/`, { method: "GET" });
if ((await answer.text()) !== "an answer") throw new Error("the proxy gave another answer");
if (typeof createDurableChatTransport !== "function") throw new Error("a transport is missing");
await proxy.stop();
upstream.close();
