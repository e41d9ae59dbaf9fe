/** Streams as an application has them, for the screenshots and whoever looks at every view. */
import { DurableStream, IdempotentProducer } from "@perennial/client";
import type { TestServer } from "./server.ts";

const START = Date.UTC(2026, 0, 12, 9, 0, 0);

/** Fills a server. */
export async function fillDemo(server: TestServer): Promise<void> {
  await conversation(server);
  await board(server);
  await orders(server);
  await logs(server);
  await subscriptions(server);
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

/** A question to an agent, and what it does about it; `parts` is how much it has to look at. */
function supportRound(round: number, parts: number): readonly object[] {
  const exportId = `exp_${8100 + round * 37}`;
  const files = Array.from({ length: parts }, (_, part) => ({
    part: part + 1,
    bytes: ((round * 7919 + part * 104_729) % 90_000) + 10_000,
    state: part % 3 === 2 ? "waiting" : "done",
  }));
  return [
    { from: "ada", text: `${exportId} has been at 99 % since this morning.` },
    { from: "agent", calls: "exports.get", with: { id: exportId } },
    { from: "agent", gets: { id: exportId, files } },
    { from: "agent", text: `It waits for ${parts} files; shall I split the largest?` },
    { from: "ada", text: "Yes, please. And tell me when it is done." },
    {
      from: "grace",
      text: "I am on call: the storage is slow today, it is not your export.",
    },
    { from: "agent", text: `Done. ${exportId} is ready, and its link holds for a week.` },
  ];
}

async function conversation(server: TestServer): Promise<void> {
  const handle = await server.create("chat/support", "application/json");
  const events = Array.from({ length: 26 }, (_, round) =>
    supportRound(round, 1 + Math.round(5 * Math.sin(round / 3) ** 2)),
  ).flat();
  const offsets: string[] = [];
  for (const [index, event] of events.entries()) {
    const at = new Date(START + index * 41_000).toISOString();
    offsets.push((await handle.append(JSON.stringify({ ...event, at }))).offset);
  }
  const fork = (path: string, source: string, at: number) =>
    DurableStream.create({
      url: server.url(path),
      contentType: "application/json",
      forkedFrom: `/v1/stream/${source}`,
      forkOffset: offsets[at]!,
    });
  const other = await fork("chat/support-fork", "chat/support", 66);
  for (let index = 0; index < 40; index++)
    await other.append(JSON.stringify({ from: "agent", text: `Another way, step ${index + 1}` }));
  const second = await fork("chat/support-fork-2", "chat/support", 120);
  for (const event of supportRound(40, 9)) await second.append(JSON.stringify(event));
  const third = await fork("chat/support-fork-fork", "chat/support-fork", 30);
  for (const event of supportRound(50, 30)) await third.append(JSON.stringify(event));
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
    const isSlow = index % 50 === 0;
    const trace = "  at storage.read\n".repeat(isSlow ? 4 + 4 * (index % 7) : 0);
    return `${at} ${isSlow ? "WARN slow" : "INFO ok  "} GET /v1/stream/chat ${(index * 37) % 91} ms\n${trace}`;
  });
  await server.create("logs/api", "text/plain", lines.join(""));
}

/** Two that wake pull workers: one works, the other has lost the stream in which its wakes are written. */
async function subscriptions(server: TestServer): Promise<void> {
  await server.create("agents/wakes", "application/json");
  for (const [id, wanted] of [
    ["reviewers", { pattern: "chat/*", wake_stream: "agents/wakes", description: "Reads what agents wrote" }],
    ["mailer", { streams: ["orders", "chat/support"], wake_stream: "mail/wakes" }],
  ] as const)
    await fetch(server.url(`__ds/subscriptions/${id}`), {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ type: "pull-wake", ...wanted }),
    });
  const handle = new DurableStream({ url: server.url("orders"), contentType: "application/json" });
  await handle.append('{"order": "checkout-us-9", "total": 1200}');
}
