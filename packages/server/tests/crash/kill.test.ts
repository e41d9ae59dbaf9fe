/**
 * The real process under load, killed at random: every acknowledged append is there exactly once and in order,
 * repeats never double, and no reader ever saw what was gone afterwards. `PERENNIAL_KILLS=500` for a long run.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Random, Seeds, wholeNumberFrom } from "@perennial/testing";
import { afterAll, expect, test } from "vitest";
import { BINARY, Http } from "../support/http.ts";
import { judge, Producer, Reader } from "./load.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const KILLS = wholeNumberFrom("PERENNIAL_KILLS", 20);
const STREAMS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const EACH = 5;

const directory = await mkdtemp(join(tmpdir(), "perennial-kill-"));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await rm(directory, { recursive: true });
});

test(`acknowledged appends survive ${KILLS} kills exactly once`, async () => {
  const seed = new Seeds(1, 1 + (Date.now() % 1_000_000)).first;
  console.log(`moments of the kills from seed ${seed}`);
  const random = new Random(seed);
  const all = STREAMS.flatMap((stream) => Array.from({ length: EACH }, (_, index) => ({ stream, index })));
  const producers = all.map(({ stream, index }) => new Producer(stream, `${stream}${index}`));
  const readers = all.map(({ stream }) => new Reader(stream));
  let torn = 0;
  server = await startServer({ directory });
  for (const stream of STREAMS) await new Http(server.url).put(stream, { headers: BINARY });
  for (let kill = 0; kill < KILLS; kill++) {
    const http = new Http(server.url);
    const stopped = new AbortController();
    const clients = [...producers, ...readers].map((client) => client.run(http, stopped.signal));
    await someAppends(producers);
    // The moment itself is what varies from kill to kill.
    await delay(random.below(300));
    await server.kill();
    stopped.abort();
    await Promise.all(clients);
    server = await startServer({ directory });
    if (server.recovery.tornTail) torn += 1;
    await judgeAll(new Http(server.url), producers, readers);
  }
  const appends = producers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  console.log(`${appends} appends acknowledged over ${KILLS} kills, ${torn} torn tails`);
  expect(appends).toBeGreaterThanOrEqual(KILLS * 100);
}, 3_600_000);

/** Waits until the load is under way. */
async function someAppends(producers: readonly Producer[]): Promise<void> {
  const count = () => producers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  for (const before = count(); count() < before + 100; ) await delay(5);
}

async function judgeAll(
  http: Http,
  producers: readonly Producer[],
  readers: readonly Reader[],
): Promise<void> {
  for (const stream of STREAMS) {
    const of = <Client extends { stream: string }>(clients: readonly Client[]) =>
      clients.filter((client) => client.stream === stream);
    judge((await wholeStream(http, stream)).toString("latin1"), of(producers), of(readers));
  }
}

async function wholeStream(http: Http, stream: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let from = "-1"; ; ) {
    const answer = await http.get(stream, `?offset=${from}`);
    expect(answer.status).toBe(200);
    pieces.push(answer.bytes);
    if (answer.headers.get("Stream-Up-To-Date") === "true") return Buffer.concat(pieces);
    from = answer.next;
  }
}
