/** The official suite once more, over the log on disk. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runConformanceTests } from "@durable-streams/server-conformance-tests";
import { openLocalLog } from "@perennial/server";
import { afterAll, beforeAll, describe } from "vitest";
import { fastLane, type OpenDoor } from "../doors/doors.ts";

describe("official conformance suite, on disk", () => {
  const target = { baseUrl: "", longPollTimeoutMs: 500, subscriptions: true };
  let open: OpenDoor;
  let directory = "";

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "perennial-conformance-"));
    const log = () => openLocalLog({ directory });
    // It asks as a page of https://example.com.
    open = await fastLane.open({ longPollTimeoutMs: 500, corsOrigin: "*", webhookHosts: "localhost", log });
    target.baseUrl = open.url;
  });

  afterAll(async () => {
    await open.close();
    await rm(directory, { recursive: true });
  });

  runConformanceTests(target);
});
