/**
 * Measures this client beside the official one, in turns, in one run. Every measurement is a process of its own, and
 * so is every server.
 *
 *     npm run bench -w @perennial/client            (ROUNDS=5 by default)
 *
 * - producer: IdempotentProducer, 256-byte JSON messages, to our durable server and to the official one (in memory);
 *   measured once a first tenth as many are stored: loading and connecting are not throughput
 * - sse: 100,000 small messages, an event each, from a source that costs next to nothing
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const PRODUCER_MESSAGES = 200_000;
const SSE_MESSAGES = 100_000;
/** Linux counts process time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** Messages of a workload, the warm-up included, per message measured. */
const WRITTEN = { producer: 1.1, sse: 1 };
const ATTEMPTS_MAX = 3;
const CLIENTS = ["ours", "official"] as const;

interface Measurement {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly serverCpuSeconds: number;
}

function script(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

async function startServer(args: readonly string[]): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [script("servers"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { process: child, url };
}

/** Processor time that a process has used, in seconds. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function measure(
  client: string,
  workload: keyof typeof WRITTEN,
  kind: string,
  messages: number,
): Promise<Measurement> {
  const server = await startServer([kind, String(messages)]);
  try {
    const url = `${server.url}/v1/stream/bench`;
    if (workload === "producer") {
      await fetch(url, { method: "PUT", headers: { "content-type": "application/json" } });
    }
    const pid = server.process.pid ?? 0;
    const before = await cpuSecondsOf(pid);
    const args = [script("worker"), client, workload, url, String(messages)];
    const worker = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(worker, "exit").then(() => {
      throw new Error(`the ${client} client failed`);
    });
    const line = once(createInterface({ input: worker.stdout }), "line") as Promise<[string]>;
    const [text] = await Promise.race([line, ended]);
    ended.catch(() => {});
    const serverCpuSeconds = ((await cpuSecondsOf(pid)) - before) / WRITTEN[workload];
    return { ...(JSON.parse(text) as Measurement), serverCpuSeconds };
  } finally {
    server.process.kill();
  }
}

/** Measures, and measures again when the client gave up: the official one does at the first network failure. */
async function measured(
  client: string,
  workload: keyof typeof WRITTEN,
  kind: string,
  messages: number,
): Promise<Measurement> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await measure(client, workload, kind, messages);
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      console.warn(`  ${String(error)}; measuring again`);
    }
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

async function compare(
  title: string,
  workload: keyof typeof WRITTEN,
  kind: string,
  messages: number,
): Promise<void> {
  const results: Record<string, Measurement[]> = { ours: [], official: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const client of CLIENTS) results[client]?.push(await measured(client, workload, kind, messages));
  }
  const rates = CLIENTS.map((client) => messages / median((results[client] ?? []).map((run) => run.seconds)));
  console.log(`\n${title}: ${messages} messages, median of ${ROUNDS} rounds`);
  CLIENTS.forEach((client, index) => {
    const runs = results[client] ?? [];
    const perMessage = (cpu: (run: Measurement) => number) =>
      ((median(runs.map(cpu)) / messages) * 1e6).toFixed(2);
    const rate = Math.round(rates[index] ?? 0).toLocaleString("en");
    const clientCpu = perMessage((run) => run.cpuSeconds);
    const serverCpu = perMessage((run) => run.serverCpuSeconds);
    console.log(
      `  ${client.padEnd(9)} ${rate.padStart(10)} messages/s, CPU ${clientCpu} µs here, ${serverCpu} µs there`,
    );
  });
  console.log(`  ratio     ${((rates[0] ?? 0) / (rates[1] ?? 1)).toFixed(2)}`);
}

await compare("IdempotentProducer to our durable server", "producer", "perennial", PRODUCER_MESSAGES);
await compare(
  "IdempotentProducer to the official server, in memory",
  "producer",
  "official",
  PRODUCER_MESSAGES,
);
await compare("SSE consumption", "sse", "events", SSE_MESSAGES);
