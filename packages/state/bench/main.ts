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
  console.log(`\n## ${title}\n\n| case | ms | CPU ms | heap MB | speed | speed by CPU |`);
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const [name, { milliseconds, cpuMilliseconds, heapBytes }] of figures) {
    const heap = (heapBytes / 2 ** 20).toFixed(1);
    const speed = (reference.milliseconds / milliseconds).toFixed(2);
    const cpuSpeed = (reference.cpuMilliseconds / cpuMilliseconds).toFixed(2);
    const figure = `${milliseconds.toFixed(1)} | ${cpuMilliseconds.toFixed(1)} | ${heap}`;
    console.log(`| ${name} | ${figure} | ${speed} | ${cpuSpeed} |`);
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

/** The comparisons, by the name under which each can be asked for. */
const comparisons: Record<string, (streams: string) => Promise<void>> = {
  materialized: async () => {
    const figures = await compare(["ours-materialized", "official-materialized"]);
    print("100,000 changes over 10,000 entities into MaterializedState", figures, "official-materialized");
  },
  streamdb: async (streams) => {
    const changed = await fill(`${streams}/changes`, 100_000, 10_000);
    const figures = await compare(
      ["ours-streamdb", "official-streamdb"],
      [changed.url, `${streams}/warm-up`],
    );
    print("100,000 changes over 10,000 rows into StreamDB", figures, "official-streamdb");
  },
  unique: async (streams) => {
    const rows = await fill(`${streams}/unique`, 100_000, 100_000);
    const figures = await compare(["ours-streamdb", "official-streamdb"], [rows.url, `${streams}/warm-up`]);
    print("100,000 unique rows into StreamDB", figures, "official-streamdb");
  },
  snapshot: async (streams) => {
    const long = await fill(`${streams}/long`, 1_000_000, 1_000);
    await compact(long);
    const figures = await compare(
      ["ours-from-snapshot", "ours-streamdb"],
      [long.url, `${streams}/warm-up`],
      5,
    );
    print("Opening 1,000,000 changes over 1,000 rows", figures, "ours-streamdb");
  },
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(comparisons);
const server = createServer({ port: 0, drainMs: 0 });
await server.start();
const streams = `${server.url}/v1/stream`;
try {
  await compact(await fill(`${streams}/warm-up`, 1_000, 100));
  for (const name of wanted) await comparisons[name]!(streams);
} finally {
  await server.stop();
}
