import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ourPeer } from "../src/peers/ours.ts";
import { type Server, startServer } from "../src/peers/server.ts";
import { abuseOf } from "../src/workloads/abuse/index.ts";

/** Each attack in miniature, against a server of ours: nobody else gets an error, and everybody is counted. */
const workload = abuseOf({
  ones: 200_000,
  messageBytes: 500_000,
  readers: 3,
  generations: 8,
  shortLivesPerSecond: 100,
});
const directory = mkdtempSync(join(tmpdir(), "perennial-abuse-"));
let server: Server;

beforeAll(async () => {
  const peer = ourPeer("ours", "fsync", { flags: [], traceGarbageCollection: false, cpuProfile: false });
  expect(await peer.prepare()).toBeUndefined();
  server = await startServer(peer, {
    dataDirectory: join(directory, "data"),
    artifact: join(directory, "server"),
    cores: undefined,
    highPriority: false,
  });
}, 60_000);

afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true });
});

test.each(workload.variants(undefined))("abuse: $label", async ({ run }) => {
  const sample = await run({
    ...{ server, seconds: 1, generator: "own", loadThreads: 1, cores: undefined },
    measured: () => {},
  });
  expect(sample.errors).toEqual({});
  expect(sample.figures.operationsPerSecond).toBeGreaterThan(0);
  expect(sample.figures.slowest).toBeGreaterThan(0);
});
