import { monitorEventLoopDelay } from "node:perf_hooks";
import { createServer } from "@perennial/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";

interface Page {
  readonly streams: readonly { readonly path: string; readonly [member: string]: unknown }[];
  readonly next?: string;
}

const LIST = "/v1/stream/__ds/streams";

describe.each(DOORS)("the list of streams through $name", (door) => {
  let open: OpenDoor;
  let now = Date.UTC(2026, 0, 1);

  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(`${open.url}/v1/stream/${path}`, { method, headers, ...(body !== undefined && { body }) });
  const page = async (query = ""): Promise<Page> => (await fetch(`${open.url}${LIST}${query}`)).json();
  const paths = async (query?: string) => (await page(query)).streams.map(({ path }) => path);

  beforeAll(async () => {
    open = await door.open({ now: () => now });
    await send("PUT", "b/text", { "Content-Type": "text/plain" }, "four");
    await send("PUT", "b/json", { "Content-Type": "application/json", "Stream-Closed": "true" }, "[1]");
    await send("PUT", "a", { "Stream-TTL": "60" });
    await send("PUT", "c", { "Stream-Forked-From": "/v1/stream/b/text" });
    await send("PUT", "gone");
    await send("DELETE", "gone");
  });

  afterAll(() => open.close());

  it("is sorted by path and says what each stream is", async () => {
    const created = { createdAt: "2026-01-01T00:00:00.000Z", lastAppendAt: "2026-01-01T00:00:00.000Z" };
    expect(await page()).toEqual({
      streams: [
        {
          path: "a",
          contentType: "application/octet-stream",
          offset: "0000000000000000_0000000000000000",
          size: 0,
          closed: false,
          ttlSeconds: 60,
          expiresAt: "2026-01-01T00:01:00.000Z",
          ...created,
        },
        {
          path: "b/json",
          contentType: "application/json",
          offset: "0000000000000000_0000000000000002",
          size: 2,
          closed: true,
          ...created,
        },
        {
          path: "b/text",
          contentType: "text/plain",
          offset: "0000000000000000_0000000000000004",
          size: 4,
          closed: false,
          ...created,
        },
        {
          path: "c",
          contentType: "text/plain",
          offset: "0000000000000000_0000000000000004",
          size: 4,
          closed: false,
          forkedFrom: { path: "b/text", offset: "0000000000000000_0000000000000004" },
          ...created,
        },
      ],
    });
  });

  it("holds those with a prefix, in pages", async () => {
    expect(await paths("?prefix=b/")).toEqual(["b/json", "b/text"]);
    expect(await paths("?after=b/json&limit=1")).toEqual(["b/text"]);
    const first = await page("?prefix=b/&limit=1");
    expect(first.next).toBe("b/json");
    expect(await paths(`?prefix=b/&limit=1&after=${first.next}`)).toEqual(["b/text"]);
  });

  it("leaves out streams that have expired, and does not renew a TTL", async () => {
    await send("PUT", "z", { "Stream-TTL": "5" });
    now += 4000;
    expect(await paths("?prefix=z")).toEqual(["z"]);
    now += 1000;
    expect(await paths("?prefix=z")).toEqual([]);
  });

  it.each([
    ["GET", "?limit=0", 400, "bad_parameter"],
    ["GET", "?limit=1001", 400, "bad_parameter"],
    ["GET", "?limit=ten", 400, "bad_parameter"],
    ["GET", "?after=a&after=b", 400, "bad_parameter"],
    ["DELETE", "", 405, "method_not_allowed"],
  ])("answers %s %s with %i %s", async (method, query, status, code) => {
    const response = await fetch(`${open.url}${LIST}${query}`, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });
});

it("pages through 100,000 streams in under 2 s without holding up the event loop", async () => {
  const server = createServer();
  const request = (path: string, init?: RequestInit) => server.fetch(new Request(`http://test${path}`, init));
  for (let index = 0; index < 100_000; index += 1) {
    await request(`/v1/stream/stream-${(index * 7919) % 100_000}`, { method: "PUT" });
  }
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedAt = performance.now();
  const seen: string[] = [];
  let after = "";
  for (;;) {
    const page = (await (await request(`${LIST}?limit=1000&after=${after}`)).json()) as Page;
    seen.push(...page.streams.map(({ path }) => path));
    await new Promise(setImmediate);
    if (page.next === undefined) break;
    after = page.next;
  }
  const elapsedMs = performance.now() - startedAt;
  delay.disable();
  await server.stop();
  expect(seen).toHaveLength(100_000);
  expect(seen).toEqual([...seen].sort());
  expect(elapsedMs).toBeLessThan(2000);
  expect(delay.percentile(99) / 1e6).toBeLessThan(50);
}, 60_000);
