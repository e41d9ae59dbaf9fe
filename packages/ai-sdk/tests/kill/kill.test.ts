/** Writers as processes of their own: killed in mid-answer, replaced, and stopped from here. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { guardGeneration, readGeneration, requestStop } from "@perennial/ai";
import { uiMessageFormat as format } from "@perennial/ai-sdk";
import { createServer } from "@perennial/server";
import type { UIMessageChunk } from "ai";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const WRITER = fileURLToPath(new URL("writer.mjs", import.meta.url));
const LEASE_MS = 800;
/** Longer than a busy machine takes to start a process that takes over. */
const LONG_LEASE_MS = 30_000;
/** What may pass on top of the lease on a busy machine. */
const SLACK_MS = 3000;

const server = createServer({ port: 0, drainMs: 0 });
const processes: ChildProcess[] = [];
beforeAll(() => server.start());
afterAll(() => server.stop());
afterEach(() => {
  for (const child of processes.splice(0)) child.kill("SIGKILL");
});

let count = 0;
const address = () => `${server.url}/v1/stream/kill/${count++}`;

/** Starts a writer and waits until it writes. */
async function writer(url: string, mode: "begin" | "take-over", leaseMs = LEASE_MS): Promise<ChildProcess> {
  const child = spawn(process.execPath, [WRITER, url, String(leaseMs), mode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  processes.push(child);
  await once(child.stdout!, "data");
  return child;
}

/** Reads to the end, and keeps what it has seen. */
class Reader {
  readonly seen: UIMessageChunk[] = [];
  readonly finished: Promise<void>;

  constructor(url: string) {
    this.finished = this.#read(url);
  }

  async #read(url: string): Promise<void> {
    const reader = (await readGeneration({ target: { url }, format })).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read())
      this.seen.push(...next.value.chunks);
  }

  get words(): string {
    return this.seen.map((chunk) => (chunk.type === "text-delta" ? chunk.delta : "")).join("");
  }
}

const words = (to: number) => Array.from({ length: to }, (_, n) => `${n} `).join("");

test("readers of a writer that was killed see an error and the end, within its lease and a quarter", async () => {
  const url = address();
  const child = await writer(url, "begin");
  const readers = [new Reader(url), new Reader(url)];
  for (const { seen } of readers) await expect.poll(() => seen.length).toBeGreaterThan(20);
  const guarded = guardGeneration({ url }, format);
  child.kill("SIGKILL");
  const killed = performance.now();
  await Promise.all(readers.map(({ finished }) => finished));
  const took = performance.now() - killed;
  console.log(`killed; readers saw the end after ${took.toFixed()} ms, of a lease of ${LEASE_MS} ms`);
  expect(took).toBeLessThan(LEASE_MS * 1.25 + SLACK_MS);
  for (const { seen, words: said } of readers) {
    expect(seen.at(-1)).toMatchObject({ type: "error", errorText: expect.stringContaining("is gone") });
    expect(said).toBe(words(seen.length - 1));
  }
  // Whoever comes later finds the same.
  expect(await guarded).toEqual({ vanished: true });
  const late = new Reader(url);
  await late.finished;
  expect(late.seen).toEqual(readers[0]!.seen);
});

test("another process takes over from a writer that was killed, and readers in the middle see each chunk once", async () => {
  const url = address();
  const child = await writer(url, "begin", LONG_LEASE_MS);
  const reader = new Reader(url);
  await expect.poll(() => reader.seen.length).toBeGreaterThan(20);
  child.kill("SIGKILL");
  await writer(url, "take-over", LONG_LEASE_MS);
  await reader.finished;
  expect(reader.words).toBe(words(200));
  expect(reader.seen).toHaveLength(200);
});

test("another process takes over from a writer that only hangs, whose chunks are then refused", async () => {
  const url = address();
  const child = await writer(url, "begin", LONG_LEASE_MS);
  const reader = new Reader(url);
  await expect.poll(() => reader.seen.length).toBeGreaterThan(20);
  child.kill("SIGSTOP");
  await writer(url, "take-over", LONG_LEASE_MS);
  child.kill("SIGCONT");
  const [outcome] = await once(child.stdout!, "data");
  expect(String(outcome).trim()).toBe("lost");
  await reader.finished;
  expect(reader.words).toBe(words(200));
});

test("a stop that is asked for in one process ends the writer in another within a second", async () => {
  const url = address();
  await writer(url, "begin");
  const reader = new Reader(url);
  await expect.poll(() => reader.seen.length).toBeGreaterThan(20);
  const asked = performance.now();
  expect(await requestStop({ url }, "enough")).toEqual({ kind: "asked" });
  await reader.finished;
  const took = performance.now() - asked;
  console.log(`stopped: readers saw the end after ${took.toFixed()} ms`);
  expect(took).toBeLessThan(1000);
  expect(reader.seen.at(-1)).toEqual({ type: "abort", reason: "enough" });
});
