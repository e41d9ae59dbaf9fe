/** Memory is bounded: every text that a client sends and the server keeps is filled up at once, and the server lives. */
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../crash/server-process.ts";
import { Http, TEXT } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { type PlainRequest, sendAll } from "./keep-alive.ts";

/** An empty server takes a quarter of it, and what waits for a checkpoint as much. */
const HEAP_MIB = 96;
const STREAMS = 60;
const PRODUCERS_PER_STREAM = 600;
const FORKS = 2000;
const READERS = 200;
/** What may live on the heap beyond that of a server with the same streams and no producers: those that are remembered take 14 MB. */
const GROWTH_MAX = 6_000_000;

const directory = await mkdtemp(join(tmpdir(), "perennial-memory-"));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await rm(directory, { recursive: true });
  await rm(`${directory}.heap`, { force: true });
});

/** What lives on the server's heap, bytes. */
async function livingBytes(): Promise<number> {
  return Number(await text(connect(`${directory}.heap`)));
}

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
    "Producer-Id": LONGEST.id(index % PRODUCERS_PER_STREAM),
    "Producer-Epoch": "0",
    "Producer-Seq": "0",
  };
  const target = source(Math.floor(index / PRODUCERS_PER_STREAM));
  return { method: "POST", target, headers: { ...contentType, ...producer }, body: "x" };
}

/** Closes a fork, which remembers the sequence and who closed it. */
function close(index: number): PlainRequest {
  const { headers } = append(index);
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
  const probe = new URL("heap-probe.mjs", import.meta.url);
  const nodeFlags = [`--max-old-space-size=${HEAP_MIB}`, "--expose-gc", `--import=${probe}`];
  // More than there are: what they weigh, and not their number, makes them too many.
  const args = ["--loaded-streams", "3000"];
  server = await startServer({ directory, args, nodeFlags });
  const http = new Http(server.url);
  await sendAll(http.origin, STREAMS, creation);
  await sendAll(http.origin, FORKS, fork);
  const before = await livingBytes();
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
  // Once all is archived, most of it is held there alone.
  await expect.poll(livingBytes, { timeout: 60_000, interval: 500 }).toBeLessThan(before + GROWTH_MAX);
}, 300_000);
