import { DurableStreamTestServer } from "@durable-streams/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countErrors } from "../src/load/result.ts";
import type { Server } from "../src/peers/server.ts";
import { findWorkloads } from "../src/workloads/index.ts";

/** Each workload in miniature against a server in this process: it must do what it says, without an error. */
let reference: DurableStreamTestServer;
let server: Server;
const unsupported = () => Promise.reject(new Error("not in this test"));

beforeAll(async () => {
  reference = new DurableStreamTestServer({ port: 0 });
  const url = new URL(await reference.start());
  const trace = { logFile: "", loopFile: "", startedAt: 0 };
  const address = { host: url.hostname, port: Number(url.port) };
  server = {
    ...{ address, streamRoot: "/v1/stream/", pid: process.pid, trace },
    ...{ stop: unsupported, kill: unsupported, restart: unsupported },
  };
});

afterAll(() => reference.stop());

test.each([
  ["append-100", 2, "operationsPerSecond"],
  ["producer-append", 3, "cpuMicrosPerOperation"],
  ["json-batch-100", 2, "cpuMicrosPerOperation"],
  ["read-1k", 2, "operationsPerSecond"],
  ["catchup-1m", 2, "bytesPerCpuSecond"],
  ["replay-1000", 10, "p99"],
  ["sse-fanout", 3, "p99"],
  ["sse-tail", 20, "p99"],
  ["long-poll-tail", 20, "p99"],
  ["mixed", 4, "operationsPerSecond"],
] as const)("%s with %i connections", async (name, connections, figure) => {
  const [workload] = findWorkloads([name]);
  const [variant] = workload!.variants([connections]);
  let seconds = 0;
  const sample = await variant!.run({
    ...{ server, seconds: 1, generator: "own", loadThreads: 1, cores: undefined },
    measured: ({ from, to }) => {
      seconds = (to - from) / 1000;
    },
  });
  expect(sample.errors).toEqual({});
  expect(countErrors(sample.errors)).toBe(0);
  expect(sample.figures[figure]).toBeGreaterThan(0);
  expect(seconds).toBeGreaterThan(0);
});
