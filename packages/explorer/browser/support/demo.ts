/** Streams as an application has them, for the screenshots and whoever looks at every view. */
import { DurableStream, IdempotentProducer } from "@perennial/client";
import type { TestServer } from "./server.ts";

const SUPPORT = [
  ["ada", "My export has been at 99 % since this morning."],
  ["agent", "I see your export. It waits for a file of 4.2 GB; shall I split it?"],
  ["ada", "Yes, please. And tell me when it is done."],
  ["agent", "Split into 9 parts, 3 of them are done. I write here when the last one is."],
  ["grace", "I am on call: the storage is slow today, it is not your export."],
  ["agent", "Thank you, Grace. I have raised the timeout for Ada’s job."],
] as const;
const START = Date.UTC(2026, 0, 12, 9, 0, 0);

/** Fills a server. */
export async function fillDemo(server: TestServer): Promise<void> {
  await conversation(server);
  await board(server);
  await orders(server);
  await logs(server);
  for (const path of [
    "chat/onboarding",
    "chat/billing",
    "agents/planner/tasks",
    "agents/writer/drafts",
    "presence/lobby",
  ])
    await server.create(path, "application/json", JSON.stringify([{ created: true }]));
  await server.create("uploads/avatar.png", "application/octet-stream", "\u0089PNG\r\n\u001a\n".repeat(300));
}

async function conversation(server: TestServer): Promise<void> {
  const handle = await server.create("chat/support", "application/json");
  const offsets: string[] = [];
  for (let round = 0; round < 24; round++) {
    const messages = SUPPORT.map(([from, text], index) => ({
      id: round * SUPPORT.length + index,
      from,
      text: round % 5 === 4 ? text.repeat(1 + (index % 4)) : text,
      at: new Date(START + (round * SUPPORT.length + index) * 41_000).toISOString(),
    }));
    for (const message of messages.slice(0, 1 + ((round * 5) % 6)))
      offsets.push((await handle.append(JSON.stringify(message))).offset);
  }
  const fork = (path: string, source: string, at: number) =>
    DurableStream.create({
      url: server.url(path),
      contentType: "application/json",
      forkedFrom: `/v1/stream/${source}`,
      forkOffset: offsets[at]!,
    });
  const other = await fork("chat/support-fork", "chat/support", 30);
  for (let index = 0; index < 20; index++)
    await other.append(JSON.stringify({ from: "agent", text: `Another way, step ${index + 1}` }));
  await fork("chat/support-fork-2", "chat/support", 55);
  await fork("chat/support-fork-fork", "chat/support-fork", 12);
}

const PEOPLE = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Ken"];

async function board(server: TestServer): Promise<void> {
  const events: object[] = PEOPLE.map((name, index) => ({
    type: "user",
    key: name.toLowerCase(),
    value: { name, status: index % 3 === 0 ? "away" : "online", tasks: 0 },
    headers: { operation: "insert", timestamp: new Date(START + index * 1000).toISOString() },
  }));
  for (let index = 0; index < 60; index++) {
    const name = PEOPLE[index % PEOPLE.length]!;
    const timestamp = new Date(START + (100 + index) * 60_000).toISOString();
    events.push({
      type: "user",
      key: name.toLowerCase(),
      value: { name, status: index % 4 === 0 ? "busy" : "online", tasks: index % 7 },
      headers: { operation: "update", timestamp },
    });
    events.push({
      type: "task",
      key: String(index % 14),
      value: { title: `Task ${index}`, owner: name, done: index % 3 === 0 },
      headers: { operation: index < 14 ? "insert" : "update", timestamp },
    });
  }
  await server.create("board", "application/json", JSON.stringify(events));
}

async function orders(server: TestServer): Promise<void> {
  const handle = await server.create("orders", "application/json");
  for (const [id, count] of [
    ["importer-1", 42],
    ["checkout-eu", 17],
    ["checkout-us", 9],
  ] as const) {
    const producer = new IdempotentProducer(handle, id, { lingerMs: 0 });
    for (let order = 0; order < count; order++) {
      producer.append(JSON.stringify({ order: `${id}-${order}`, total: (order * 7919) % 10_000 }));
      await producer.flush({ rejectOnError: true });
    }
  }
}

async function logs(server: TestServer): Promise<void> {
  const lines = Array.from({ length: 2000 }, (_, index) => {
    const at = new Date(START + index * 500).toISOString();
    return `${at} ${index % 50 === 0 ? "WARN slow" : "INFO ok  "} GET /v1/stream/chat ${(index * 37) % 91} ms\n`;
  });
  await server.create("logs/api", "text/plain", lines.join(""));
}
