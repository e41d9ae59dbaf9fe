import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";
import { appendEvents, compact, type StateEvent } from "@perennial/state";
import { changes } from "./changes.ts";
import { medianOf, type Sample } from "./measure.ts";

/** Rounds of each case; cases that are compared take turns. */
const ROUNDS = 7;

/** Runs a case once, in a process of its own. */
async function runCase(name: string, urls: readonly string[]): Promise<Sample> {
  const script = fileURLToPath(new URL("case.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script, name, ...urls], {
    env: { ...process.env, NODE_ENV: "production" },
  });
  return JSON.parse(stdout);
}

/** Runs cases in turns and gives the median of each figure by case. */
async function compare(
  names: readonly string[],
  urls: readonly string[] = [],
  rounds = ROUNDS,
): Promise<Map<string, Sample>> {
  const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first in one round goes last in the next.
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) samples.get(name)!.push(await runCase(name, urls));
  }
  return new Map([...samples].map(([name, list]) => [name, medianOf(list)]));
}

function print(title: string, figures: ReadonlyMap<string, Sample>, base: string): void {
  const reference = figures.get(base)!;
  console.log(`\n## ${title}\n\n| case | ms | CPU ms | heap MB | times as fast as ${base} |`);
  console.log("| --- | --- | --- | --- | --- |");
  for (const [name, { milliseconds, cpuMilliseconds, heapBytes }] of figures) {
    const speed = (reference.milliseconds / milliseconds).toFixed(2);
    const heap = (heapBytes / 2 ** 20).toFixed(1);
    console.log(
      `| ${name} | ${milliseconds.toFixed(1)} | ${cpuMilliseconds.toFixed(1)} | ${heap} | ${speed} |`,
    );
  }
}

/** Fills a new stream with changes, ten thousand in a request. */
async function fill(url: string, count: number, rows: number): Promise<DurableStream> {
  const stream = await DurableStream.create({ url, contentType: "application/json", warnOnHttp: false });
  let batch: StateEvent[] = [];
  for (const change of changes(count, rows)) {
    batch.push(change);
    if (batch.length === 10_000) {
      await appendEvents(stream, batch);
      batch = [];
    }
  }
  if (batch.length > 0) await appendEvents(stream, batch);
  return stream;
}

const server = createServer({ port: 0, drainMs: 0 });
await server.start();
const streams = `${server.url}/v1/stream`;
try {
  const materialized = await compare(["ours-materialized", "official-materialized"]);
  print("100,000 changes over 10,000 entities into MaterializedState", materialized, "official-materialized");

  const warmUp = await fill(`${streams}/warm-up`, 1_000, 100);
  await compact(warmUp);
  const changed = await fill(`${streams}/changes`, 100_000, 10_000);
  const opened = await compare(["ours-streamdb", "official-streamdb"], [changed.url, warmUp.url]);
  print("100,000 changes over 10,000 rows into StreamDB", opened, "official-streamdb");

  const long = await fill(`${streams}/long`, 1_000_000, 1_000);
  await compact(long);
  const urls = [long.url, warmUp.url];
  const fromSnapshot = await compare(["ours-from-snapshot", "ours-streamdb"], urls, 5);
  const official = await compare(["official-streamdb"], urls, 1);
  print(
    "Opening 1,000,000 changes over 1,000 rows",
    new Map([...fromSnapshot, ...official]),
    "ours-streamdb",
  );
} finally {
  await server.stop();
}
