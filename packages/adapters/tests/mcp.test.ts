/** Beside the SDK's own stores in memory, and in its own transport. */
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { InMemoryEventStore } from "@modelcontextprotocol/sdk/examples/shared/inMemoryEventStore.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import {
  type EventStore,
  StreamableHTTPServerTransport,
} from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { InMemoryServerEventBus, type ServerEventBus } from "@modelcontextprotocol/server";
import { DurableEventStore, DurableServerEventBus } from "@perennial/adapters/mcp";
import { expect, test, vi } from "vitest";
import { serving } from "./support.ts";

const place = serving();
const message = (n: number) => ({ jsonrpc: "2.0" as const, method: "m", params: { n } });

const stores: Record<string, () => EventStore> = {
  memory: () => new InMemoryEventStore(),
  ours: () => new DurableEventStore(place()),
};

async function replayed(
  store: EventStore,
  id: string,
): Promise<{ stream: string; ids: string[]; ns: unknown[] }> {
  const [ids, ns]: [string[], unknown[]] = [[], []];
  const stream = await store.replayEventsAfter(id, {
    send: async (eventId, sent) => {
      ids.push(eventId);
      ns.push((sent as ReturnType<typeof message>).params.n);
    },
  });
  return { stream, ids, ns };
}

test.each(Object.keys(stores))(
  "%s: what came after an event is sent again, of its stream alone",
  async (name) => {
    const store = stores[name]!();
    const first = await store.storeEvent("a", message(0));
    await store.storeEvent("b", message(100));
    // The store in memory sorts ids of one millisecond by chance.
    for (const n of [1, 2]) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      await store.storeEvent("a", message(n));
    }
    expect(await replayed(store, first)).toMatchObject({ stream: "a", ns: [1, 2] });
    expect(await replayed(store, "unknown")).toEqual({ stream: "", ids: [], ns: [] });
  },
);

test("ours: a replay may be taken up at any event that it sent, and the event that primes a connection is none", async () => {
  const at = place();
  const store = new DurableEventStore(at);
  const first = await store.storeEvent("a/b c:d", {});
  for (const n of [1, 2, 3]) await store.storeEvent("a/b c:d", message(n));
  // Another process.
  const other = new DurableEventStore(at);
  const all = await replayed(other, first);
  expect([all.stream, all.ns]).toEqual(["a/b c:d", [1, 2, 3]]);
  for (const [at, id] of all.ids.entries()) {
    expect(id).toMatch(/^[\x21-\x7e]+$/);
    expect(await other.getStreamIdForEventId(id)).toBe("a/b c:d");
    expect((await replayed(other, id)).ns).toEqual([2, 3].slice(at));
  }
  await store.storeEvent("a/b c:d", {});
  expect((await replayed(other, all.ids.at(-1)!)).ns).toEqual([]);
});

test("a client of MCP whose connection is cut gets what it missed, from another process's store", async () => {
  const at = place();
  let release: (() => void) | undefined;
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => "session",
    ...{ eventStore: new DurableEventStore(at), retryInterval: 50 },
  });
  const mcp = new McpServer({ name: "test", version: "1" }, { capabilities: { logging: {} } });
  mcp.registerTool("slow", { description: "waits" }, async ({ sendNotification, closeSSEStream }) => {
    closeSSEStream?.();
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    await sendNotification({ method: "notifications/message", params: { level: "info", data: "missed" } });
    return { content: [{ type: "text", text: "done" }] };
  });
  await mcp.connect(transport);
  const http = createHttpServer((request, response) => void transport.handleRequest(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const client = new Client({ name: "client", version: "1" });
  const missed: unknown[] = [];
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ params }) => void missed.push(params.data),
  );
  try {
    const url = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`);
    await client.connect(
      new StreamableHTTPClientTransport(url, {
        reconnectionOptions: {
          ...{
            initialReconnectionDelay: 20,
            maxReconnectionDelay: 50,
            reconnectionDelayGrowFactor: 1,
            maxRetries: 50,
          },
        },
      }),
    );
    const answer = client.callTool({ name: "slow", arguments: {} });
    // The tool runs, and the connection is cut: what it says now goes nowhere.
    await vi.waitFor(() => expect(release).toBeDefined());
    release?.();
    expect(await answer).toMatchObject({ content: [{ text: "done" }] });
    expect(missed).toEqual(["missed"]);
  } finally {
    await client.close();
    http.closeAllConnections();
    http.close();
  }
});

const buses: Record<string, () => ServerEventBus[]> = {
  memory: () => {
    const bus = new InMemoryServerEventBus();
    return [bus, bus];
  },
  ours: () => {
    const at = place();
    return [new DurableServerEventBus(at), new DurableServerEventBus(at)];
  },
};

test.each(Object.keys(buses))("%s: an event reaches every listener once, until it leaves", async (name) => {
  const [here, there] = buses[name]!() as [ServerEventBus, ServerEventBus];
  const heard: string[][] = [[], [], []];
  const leave = [
    here.subscribe((event) => heard[0]!.push(event.kind)),
    there.subscribe((event) => heard[1]!.push(event.kind)),
    there.subscribe((event) => heard[2]!.push(event.kind)),
  ];
  here.publish({ kind: "tools_list_changed" });
  expect(heard[0]).toEqual(["tools_list_changed"]);
  await vi.waitFor(() => expect(heard).toEqual(Array(3).fill(["tools_list_changed"])), 5000);
  leave[2]!();
  here.publish({ kind: "resource_updated", uri: "file:///a" });
  there.publish({ kind: "prompts_list_changed" });
  const all = ["prompts_list_changed", "resource_updated", "tools_list_changed"];
  await vi.waitFor(() => expect(heard.map((kinds) => kinds.toSorted())).toEqual([all, all, [all[2]]]), 5000);
  for (const each of leave) each();
});

test("what others wrote into the stream of a bus, and is no event, is passed over", async () => {
  const at = place();
  const [here, there] = [new DurableServerEventBus(at), new DurableServerEventBus(at)];
  const heard: string[] = [];
  const leave = there.subscribe(({ kind }) => heard.push(kind));
  here.publish({ kind: "tools_list_changed" });
  await vi.waitFor(() => expect(heard).toEqual(["tools_list_changed"]), 5000);
  await fetch(`${at.streamsUrl}/server-events`, {
    ...{
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '[null, 1, [], {}, {"from":1}]',
    },
  });
  here.publish({ kind: "prompts_list_changed" });
  await vi.waitFor(() => expect(heard).toEqual(["tools_list_changed", "prompts_list_changed"]), 5000);
  leave();
});

test("a listener that throws keeps nothing from the others, and is told of", async () => {
  const errors: unknown[] = [];
  const bus = new DurableServerEventBus({ ...place(), onError: (error) => errors.push(error) });
  const heard: string[] = [];
  const leave = [
    bus.subscribe(() => {
      throw new Error("mine");
    }),
    bus.subscribe(({ kind }) => heard.push(kind)),
  ];
  bus.publish({ kind: "tools_list_changed" });
  expect([heard, String(errors[0])]).toEqual([["tools_list_changed"], "Error: mine"]);
  for (const each of leave) each();
});
