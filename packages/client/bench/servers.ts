/**
 * The servers of the benchmark, each in a process of its own. Arguments: `perennial`, `official` or `events`, and
 * for the last the number of events. Prints its origin.
 *
 * `events` is no server but a source: it answers every read with an empty page, and every SSE request with so many
 * small events as fast as they are taken, so that only the consumer is measured.
 */
import { mkdtemp } from "node:fs/promises";
import { createServer as createHttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DurableStreamTestServer } from "@durable-streams/server";
import { createServer, openLocalLog } from "@perennial/server";

const EVENTS_PER_WRITE = 50;
const OFFSET_DIGITS = 16;

async function perennial(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "perennial-bench-"));
  const server = createServer({ port: 0, log: () => openLocalLog({ directory }) });
  await server.start();
  return server.url;
}

async function official(): Promise<string> {
  return await new DurableStreamTestServer({ port: 0 }).start();
}

async function events(count: number): Promise<string> {
  const server = createHttpServer((request, response) => {
    const live = new URL(request.url ?? "/", "http://localhost").searchParams.get("live");
    if (live === "sse") void sendEvents(response, count);
    else {
      response.writeHead(200, {
        "content-type": "application/json",
        "stream-next-offset": offset(0),
        "stream-up-to-date": "true",
      });
      response.end("[]");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function sendEvents(response: ServerResponse, count: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  for (let n = 0; n < count && !response.destroyed; n += EVENTS_PER_WRITE) {
    let text = "";
    for (let event = n + 1; event <= Math.min(n + EVENTS_PER_WRITE, count); event++) {
      const control = { streamNextOffset: offset(event), streamCursor: "1000", upToDate: event === count };
      text += `event: data\ndata:[{"n":${event}}]\n\nevent: control\ndata:${JSON.stringify(control)}\n\n`;
    }
    if (!response.write(text)) await new Promise((resolve) => response.once("drain", resolve));
  }
}

function offset(position: number): string {
  return `${"0".repeat(OFFSET_DIGITS)}_${String(position).padStart(OFFSET_DIGITS, "0")}`;
}

const [kind, count = "0"] = process.argv.slice(2);
const starters = { perennial, official, events: () => events(Number(count)) };
console.log(await starters[kind as keyof typeof starters]());
