/** Memory is bounded: every text that a client sends and the server keeps is filled up at once, and the server lives. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../crash/server-process.ts";
import { Http, TEXT } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { type PlainRequest, sendAll } from "./keep-alive.ts";

/** An empty server takes a quarter of it, and what waits for a checkpoint as much. */
const HEAP_MIB = 96;
const STREAMS = 60;
const PRODUCERS_PER_STREAM = 400;
const FORKS = 2000;
const READERS = 200;

const directory = await mkdtemp(join(tmpdir(), "perennial-memory-"));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await rm(directory, { recursive: true });
});

/** As long as the server takes them. */
const LONGEST = {
  path: (name: string) => `/v1/stream/${name}/`.padEnd(1024, "p"),
  contentType: `text/plain; charset=utf-8; note=${"c".repeat(200)}`,
  id: (index: number) => String(index).padEnd(256, "i"),
  seq: (index: number) => String(index).padStart(12, "0").padEnd(256, "s"),
  cursor: (index: number) => String(index).padStart(15, "1"),
};

const source = (index: number) => LONGEST.path(`heavy${index % STREAMS}`);
const contentType = { "Content-Type": LONGEST.contentType };

function creation(index: number): PlainRequest {
  return { method: "PUT", target: source(index), headers: contentType };
}

function fork(index: number): PlainRequest {
  const headers = { ...contentType, "Stream-Forked-From": source(index), "Stream-TTL": "315360000" };
  return { method: "PUT", target: LONGEST.path(`fork${index}`), headers };
}

function append(index: number): PlainRequest {
  const producer = {
    "Producer-Id": LONGEST.id(Math.floor(index / STREAMS)),
    "Producer-Epoch": "0",
    "Producer-Seq": "0",
  };
  return { method: "POST", target: source(index), headers: { ...contentType, ...producer }, body: "x" };
}

/** Closes a fork, which remembers the sequence and who closed it. */
function close(index: number): PlainRequest {
  const { headers } = append(index * STREAMS);
  const more = { "Stream-Seq": LONGEST.seq(index), "Stream-Closed": "true" };
  return { method: "POST", target: LONGEST.path(`fork${index}`), headers: { ...headers, ...more } };
}

async function openReaders(origin: string): Promise<readonly RawSocket[]> {
  const readers: RawSocket[] = [];
  for (let index = 0; index < READERS; index++) {
    const reader = await RawSocket.open(origin);
    const query = `offset=now&live=sse&cursor=${LONGEST.cursor(index)}`;
    reader.write(
      `GET ${source(index)}?${query} HTTP/1.1\r\nHost: localhost\r\nX-Note: ${"n".repeat(7000)}\r\n\r\n`,
    );
    await reader.until((received) => received.includes("event: control"));
    readers.push(reader);
  }
  return readers;
}

test("a server of little memory lives through every text that it keeps, filled up at once", async () => {
  const nodeFlags = [`--max-old-space-size=${HEAP_MIB}`];
  const args = ["--loaded-streams", "2000"];
  server = await startServer({ directory, args, nodeFlags });
  const http = new Http(server.url);
  await sendAll(http.origin, STREAMS, creation);
  await sendAll(http.origin, FORKS, fork);
  await sendAll(http.origin, STREAMS * PRODUCERS_PER_STREAM, append);
  await sendAll(http.origin, FORKS, close);
  const readers = await openReaders(http.origin);

  expect((await fetch(`${http.origin}/health`)).status).toBe(200);
  await http.put("plain", { headers: TEXT });
  expect((await http.post("plain", { headers: TEXT, body: "still here" })).status).toBe(204);
  expect((await http.get("plain")).text).toBe("still here");
  // Nothing is forgotten for it: a producer's repeat is still known.
  const { target, headers, body } = append(0);
  const repeat = await fetch(`${http.origin}${target}`, { method: "POST", headers: headers!, body: body! });
  expect(repeat.status).toBe(204);
  for (const reader of readers) reader.destroy();
}, 300_000);
