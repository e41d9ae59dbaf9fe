import { DurableStream, IdempotentProducer, type JsonBatch, stream } from "@perennial/client";
import { formatOffset } from "@perennial/protocol";
import { createProxyHandler, type Outcome } from "@perennial/proxy";
import { createDurableFetch } from "@perennial/proxy/client";
import { createDurableAdapter } from "@perennial/proxy/transports";
import { createServer } from "@perennial/server";
import { createStateSchema } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { YjsProvider } from "@perennial/yjs";
import { YjsServer } from "@perennial/yjs/server";

/** The document is the caller's: TypeScript 5 lets no CommonJS file import `yjs` in its mode `node16`. */
export function typedYjs(doc: ConstructorParameters<typeof YjsProvider>[0]["doc"]): boolean {
  const provider = new YjsProvider({
    doc,
    baseUrl: new YjsServer({ dsServer: createServer() }).url,
    docId: "typed",
  });
  provider.on("status", (status) => console.log(status === "connected"));
  return provider.synced;
}

export async function typed(url: string): Promise<string[]> {
  const handle = await DurableStream.create({ url, contentType: "application/json" });
  const { offset } = await handle.append({ n: 1 });
  const producer = new IdempotentProducer(handle, "typed", { autoClaim: true });
  producer.append({ n: 2 });
  const response = await stream<{ n: number }>({ url, live: false });
  response.subscribeJson((batch: JsonBatch<{ n: number }>) => console.log(batch.items[0]?.n.toFixed()));
  for await (const { n } of stream<{ n: number }>({ url })) console.log(n.toFixed());
  const names = [createServer, createStateSchema, createStreamDB].map((exported) => exported.name);
  return [offset, formatOffset(1), ...names];
}

export async function typedProxy(): Promise<Outcome | undefined> {
  const proxy = createProxyHandler({ dsServer: createServer(), jwtSecret: "typed", allowlist: [] });
  const options = { proxyUrl: "http://localhost/v1/proxy", proxyAuthorization: "typed" };
  const durableFetch = createDurableFetch({
    ...options,
    fetch: (url, init) => proxy.fetch(new Request(url, init)),
  });
  const adapter = createDurableAdapter<{ type: string }>("http://localhost/chat", options);
  for await (const { type } of adapter.connect([])) console.log(type.length);
  const response = await durableFetch("http://localhost/", { requestId: "typed" });
  return response.outcome;
}
