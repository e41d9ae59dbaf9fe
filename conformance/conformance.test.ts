import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { servers, type TestServer } from "../packages/client/tests/servers.ts";
import { AdapterProcess } from "./adapter-process.ts";
import type { Case } from "./case.ts";
import { runCase } from "./run-case.ts";

const CASES = new URL("./cases/", import.meta.url);
const cases = readdirSync(CASES).flatMap(
  (file) => JSON.parse(readFileSync(new URL(file, CASES), "utf8")) as readonly Case[],
);

/** Servers that can be told to have faults. */
const INJECTS_FAULTS = new Set(["@durable-streams/server"]);

describe.each(Object.entries(servers))("client conformance, adapter process against %s", (name, start) => {
  let server: TestServer;
  let adapter: AdapterProcess;
  let count = 0;
  beforeAll(async () => {
    [server, adapter] = await Promise.all([start(), AdapterProcess.start()]);
  });
  afterAll(async () => {
    const exitCode = await adapter.stop();
    await server.stop();
    expect(exitCode).toBe(0);
  });

  const possible = cases.filter((given) => given.needs === undefined || INJECTS_FAULTS.has(name));
  test.each(possible.map((given) => [given.name, given] as const))("%s", async (_, given) => {
    await runCase(adapter, server.url, `/v1/stream/conformance-${count++}`, given);
  });

  // As the suite's scenarios do, which create nothing.
  const json = "application/json";
  test.each([
    { op: "create" },
    { op: "append", size: 100 },
    { op: "roundtrip", size: 100, live: "long-poll" },
    { op: "roundtrip", size: 100, live: "sse", contentType: json },
    { op: "roundtrip", size: 100, live: "sse", contentType: "text/plain" },
    { op: "throughput_append", size: 100, count: 200, concurrency: 10 },
    { op: "throughput_append", size: 1_000, count: 5, concurrency: 2, contentType: json },
  ])("benchmark: $op $live $contentType", async (operation) => {
    const path = `/v1/stream/benchmark-${count++}`;
    await adapter.execute({ type: "init", serverUrl: server.url });
    for (const iterationId of ["1", "2"]) {
      // A stream is created once.
      if (operation.op === "create" && iterationId === "2") continue;
      const result = await adapter.execute({
        type: "benchmark",
        iterationId,
        operation: { ...operation, path },
      });
      expect(result).toMatchObject({ type: "benchmark", success: true, iterationId });
    }
    const read = { op: "throughput_read", path, expectedCount: 1 };
    const result = await adapter.execute({ type: "benchmark", iterationId: "3", operation: read });
    expect(result).toMatchObject({ success: true });
  });
});
