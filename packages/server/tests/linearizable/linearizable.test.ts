/**
 * The real server under concurrent clients, killed now and then, judged from outside: each stream is linearizable.
 * `PERENNIAL_EFFORT=20` for a long run.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random, runs } from "@perennial/testing";
import { afterAll, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../crash/server-process.ts";
import { BINARY, Http } from "../support/http.ts";
import { violation } from "./check.ts";
import { Watcher, Writer } from "./clients.ts";
import { History } from "./history.ts";

const directory = await mkdtemp(join(tmpdir(), "perennial-linearizable-"));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await rm(directory, { recursive: true });
});

const LIVES = runs(4);
const STREAMS = ["a", "b", "c"];

interface Cast {
  readonly history: History;
  readonly writers: readonly Writer[];
  readonly watchers: readonly Watcher[];
}

/** Producers, writers without an id, and readers of one stream. */
function cast(stream: string, random: Random): Cast {
  const history = new History();
  const names = [0, 1, 2, 3].map((index) => `${stream}${index}`);
  return {
    history,
    writers: names.map((name, index) => new Writer(stream, name, history, index < 2)),
    watchers: names.map((name) => new Watcher(stream, `${name}r`, history, random)),
  };
}

test(`each stream is linearizable over ${LIVES} lives of the server`, async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`choices from seed ${seed}`);
  const random = new Random(seed);
  const casts = new Map(STREAMS.map((stream) => [stream, cast(stream, random)]));
  for (let life = 0; life < LIVES; life++) {
    server = await startServer({ directory });
    const http = new Http(server.url);
    if (life === 0) for (const stream of STREAMS) await http.put(stream, { headers: BINARY });
    const stopped = new AbortController();
    const all = [...casts.values()].flatMap(({ writers, watchers }) => [...writers, ...watchers]);
    const running = all.map((client) => client.run(http, stopped.signal));
    const enough = countOf(casts) + 300 + random.below(700);
    await expect.poll(() => countOf(casts)).toBeGreaterThan(enough);
    await server.kill();
    stopped.abort();
    await Promise.all(running);
  }
  server = await startServer({ directory });
  for (const [stream, { history, writers }] of casts) {
    for (const writer of writers) writer.finish();
    const { text } = await new Http(server.url).get(stream);
    expect(violation(history.operations, text), `stream ${stream}, seed ${seed}`).toBeUndefined();
  }
}, 600_000);

function countOf(casts: ReadonlyMap<string, Cast>): number {
  return [...casts.values()].reduce((sum, { history }) => sum + history.operations.length, 0);
}
