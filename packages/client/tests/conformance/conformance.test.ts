import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { servers, type TestServer } from "../servers.ts";
import { AdapterProcess } from "./adapter-process.ts";
import { lifecycleCases } from "./cases/lifecycle.ts";
import { readingCases } from "./cases/reading.ts";
import { writingCases } from "./cases/writing.ts";
import { runCase } from "./run-case.ts";

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

  const cases = [...readingCases, ...writingCases, ...lifecycleCases];
  const possible = cases.filter((given) => given.needs === undefined || INJECTS_FAULTS.has(name));
  test.each(possible.map((given) => [given.name, given] as const))("%s", async (_, given) => {
    await runCase(adapter, server.url, `/v1/stream/conformance-${count++}`, given);
  });
});
