import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type DurableStreamsServer, openLocalLog } from "@perennial/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATH_BYTES_MAX } from "../../src/stream/paths.ts";
import { DOORS, type OpenDoor } from "../doors/doors.ts";

interface Page {
  readonly streams: readonly { readonly path: string; readonly [member: string]: unknown }[];
  readonly next?: string;
}

type OpenLog = Awaited<ReturnType<typeof openLocalLog>>;

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
    ["GET", "?after=a&after=b", 400, "bad_parameter"],
    ["DELETE", "", 405, "method_not_allowed"],
  ])("answers %s %s with %i %s", async (method, query, status, code) => {
    const response = await fetch(`${open.url}${LIST}${query}`, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });
});

it("merges what the durable log holds with what is in memory, without loading it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "perennial-list-"));
  const open = () => createServer({ log: () => openLocalLog({ directory, durability: "os" }) });
  const name = (index: number): string => `stream-${String(index).padStart(3, "0")}`;
  const before = open();
  for (let index = 0; index < 300; index += 2) await requestTo(before, name(index), { method: "PUT" });
  await before.stop();
  const server = open();
  await requestTo(server, name(100), { method: "DELETE" });
  await requestTo(server, name(200), { method: "HEAD" });
  for (let index = 1; index < 300; index += 2) await requestTo(server, name(index), { method: "PUT" });
  const expected = Array.from({ length: 300 }, (_, index) => name(index)).filter(
    (path) => path !== name(100),
  );
  expect(await allPaths(server, 7)).toEqual(expected);
  await server.stop();
  rmSync(directory, { recursive: true });
});

it.each([
  ["in memory", false],
  ["in the archive of the durable log", true],
])("pages through paths as long as can be, %s", async (_, durable) => {
  const directory = mkdtempSync(join(tmpdir(), "perennial-list-"));
  const log = durable ? { log: () => openLocalLog({ directory, durability: "os" }) } : {};
  const open = () => createServer({ ...log, pathBytes: PATH_BYTES_MAX, headerBytes: 65_536 });
  const long = "x".repeat(PATH_BYTES_MAX - "/v1/stream/000".length);
  const names = Array.from(
    { length: 150 },
    (_, index) => `${long}${String((index * 77) % 150).padStart(3, "0")}`,
  );
  let server = open();
  for (const name of names) expect((await requestTo(server, name, { method: "PUT" })).status).toBe(201);
  expect((await requestTo(server, `${names[0]}0`, { method: "PUT" })).status).toBe(414);
  if (durable) {
    await server.stop();
    server = open();
  }
  expect(await allPaths(server, 7)).toEqual([...names].sort());
  const beyond = await requestTo(server, `__ds/streams?after=${names[0]}0&prefix=${names[0]}0`);
  expect(await beyond.json()).toEqual({ streams: [] });
  await server.stop();
  rmSync(directory, { recursive: true });
});

it("asks the archive for each stream once, however many there are, and keeps none of them", async () => {
  const directory = mkdtempSync(join(tmpdir(), "perennial-list-"));
  const asked = { states: 0, pages: 0 };
  const open = async () => countingLog(await openLocalLog({ directory, durability: "os" }), asked);
  let server = createServer({ log: open });
  for (let index = 0; index < 10_000; index += 1000) await createThousand(server, index);
  // After a restart nothing is in memory, and every stream is read from the archive.
  await server.stop();
  server = createServer({ log: open });
  // The first request opens the log.
  expect((await requestTo(server, "__ds/streams?limit=1")).status).toBe(200);
  Object.assign(asked, { states: 0, pages: 0 });
  const seen = await allPaths(server, 1000);
  expect(seen).toHaveLength(10_000);
  expect(seen).toEqual([...seen].sort());
  expect(asked.states).toBe(10_000);
  expect(asked.pages).toBeLessThanOrEqual(101);
  expect(server.metrics().loadedStreams).toBe(0);
  await server.stop();
  rmSync(directory, { recursive: true });
});

/** Counts the states and the pages of paths that are read from a log's archive. */
function countingLog(log: OpenLog, asked: { states: number; pages: number }): OpenLog {
  const { archive } = log;
  const { byPath, paths } = archive;
  archive.byPath = (path) => {
    asked.states += 1;
    return byPath.call(archive, path);
  };
  archive.paths = (...request) => {
    asked.pages += 1;
    return paths.call(archive, ...request);
  };
  return log;
}

/** Streams number `first` to `first + 999`, whose names are in another order. */
async function createThousand(server: DurableStreamsServer, first: number): Promise<void> {
  const create = (index: number) => requestTo(server, `stream-${(index * 7919) % 10_000}`, { method: "PUT" });
  await Promise.all(Array.from({ length: 1000 }, (_, index) => create(first + index)));
}

function requestTo(server: DurableStreamsServer, path: string, init?: RequestInit): Promise<Response> {
  return server.fetch(new Request(`http://test/v1/stream/${path}`, init));
}

/** The paths of all pages, in their order. */
async function allPaths(server: DurableStreamsServer, limit: number): Promise<readonly string[]> {
  const paths: string[] = [];
  let after: string | undefined = "";
  while (after !== undefined) {
    const response = await requestTo(server, `__ds/streams?limit=${limit}&after=${after}`);
    const page = (await response.json()) as Page;
    paths.push(...page.streams.map(({ path }) => path));
    after = page.next;
  }
  return paths;
}
