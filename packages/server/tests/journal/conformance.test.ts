/** The official conformance suite over the local log, through node:http. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runConformanceTests } from "@durable-streams/server-conformance-tests";
import { afterAll, beforeAll, describe } from "vitest";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { createServer, type DurableStreamsServer } from "../../src/server.ts";

describe("official conformance suite over the local log", () => {
  const target = { baseUrl: "", longPollTimeoutMs: 500 };
  let directory: string;
  let server: DurableStreamsServer;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "perennial-conformance-"));
    const log = () => openLocalLog({ directory });
    // It asks as a page of https://example.com.
    server = createServer({ port: 0, longPollTimeoutMs: 500, corsOrigin: "*", log });
    await server.start();
    target.baseUrl = server.url;
  });

  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  runConformanceTests(target);
});
