/** The official client and StreamDB against our server under a bare origin, as the official packages' own tests use theirs. */
import { DurableStream } from "@durable-streams/client";
import { createStateSchema, MaterializedState } from "@durable-streams/state";
import { createStreamDB } from "@durable-streams/state/db";
import { createServer, type DurableStreamsServer } from "@perennial/server";
import { afterAll, beforeAll, expect, it } from "vitest";

interface Change {
  readonly type: string;
  readonly key: string;
  readonly value?: unknown;
  readonly headers: { readonly operation: "insert" | "update" | "delete"; readonly offset?: string };
}

const insert = (key: string, name: string): Change => ({
  ...{ type: "user", key, value: { id: key, name } },
  headers: { operation: "insert" },
});

let server: DurableStreamsServer;

beforeAll(async () => {
  server = createServer({ port: 0, streamRoot: "/", drainMs: 0 });
  await server.start();
});
afterAll(() => server.stop());

it("each event that was appended by itself has an offset of its own, from which reading goes on", async () => {
  const stream = await DurableStream.create({
    url: `${server.url}/state/offsets`,
    contentType: "application/json",
    warnOnHttp: false,
  });
  for (const key of ["1", "2"]) await stream.append(JSON.stringify(insert(key, "a")));
  const response = await stream.stream<Change>({ live: false });
  const events = await response.json();
  const [first, second] = events.map(({ headers }) => headers.offset);
  expect(first).toMatch(/^\d{16}_\d{16}$/);
  expect(second).toBe(response.offset);
  expect(first).not.toBe(second);
  const rest = await (await stream.stream<Change>({ offset: first!, live: false })).json();
  expect(rest).toEqual([events[1]]);
  const state = new MaterializedState();
  for (const event of events) state.apply(event as Parameters<typeof state.apply>[0]);
  expect(state.getType("user").size).toBe(2);
});

it("StreamDB fills its collections and follows", async () => {
  const url = `${server.url}/state/db`;
  const stream = await DurableStream.create({ url, contentType: "application/json", warnOnHttp: false });
  await stream.append(JSON.stringify(insert("1", "a")));
  const schema = {
    "~standard": {
      version: 1 as const,
      vendor: "tests",
      validate: (value: unknown) => ({ value: value as { id: string; name: string } }),
    },
  };
  const state = createStateSchema({ users: { schema, type: "user", primaryKey: "id" } });
  const db = createStreamDB({
    streamOptions: { url, contentType: "application/json", warnOnHttp: false },
    state,
  });
  await db.preload();
  expect(db.collections.users.get("1")).toMatchObject({ name: "a" });
  await stream.append(JSON.stringify(insert("2", "b")));
  await expect.poll(() => db.collections.users.get("2")).toMatchObject({ name: "b" });
  db.close();
});
