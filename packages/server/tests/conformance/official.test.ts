/** The official conformance suite, through each door. */
import { runConformanceTests } from "@durable-streams/server-conformance-tests";
import { afterAll, beforeAll, describe } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";

describe.each(DOORS)("official conformance suite through $name", (door) => {
  const target = { baseUrl: "", longPollTimeoutMs: 500, subscriptions: true };
  let open: OpenDoor;

  beforeAll(async () => {
    // It asks as a page of https://example.com.
    open = await door.open({ longPollTimeoutMs: 500, corsOrigin: "*", webhookHosts: "localhost" });
    target.baseUrl = open.url;
  });

  afterAll(() => open.close());

  runConformanceTests(target);
});
