import { expect, test } from "vitest";
import type { LogHealth, Soon } from "../../journal/contract/index.ts";
import type { Context } from "../context.ts";
import { health } from "./health.ts";

function contextWith(storage: Soon<LogHealth>): Context {
  return { streams: { health: () => storage } } as unknown as Context;
}

test.each<[LogHealth, number]>([
  ["ok", 200],
  ["full", 503],
  ["read-only", 503],
  ["not-owner", 503],
])("with a log that is %s, the process is alive and takes writes or not: %s", async (storage, status) => {
  for (const known of [storage, Promise.resolve(storage)]) {
    const context = contextWith(known);
    expect(await health(context, "GET", "/health")).toMatchObject({ status });
    expect(await health(context, "HEAD", "/health/ready")).toMatchObject({ status });
    const live = await health(context, "GET", "/health/live");
    expect(live?.status).toBe(200);
    expect(JSON.parse(String(live?.body))).toEqual({ status: "ok", storage });
  }
});

test("other methods are refused, and other paths are somebody else's", () => {
  expect(health(contextWith("ok"), "POST", "/health")).toMatchObject({ status: 405 });
  expect(health(contextWith("ok"), "GET", "/healthy")).toBeUndefined();
});
