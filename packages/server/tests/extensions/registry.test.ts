/** `registry`: the stream that says which streams there are, beside the one that the reference's hooks write. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRegistryHooks, DurableStreamTestServer } from "@durable-streams/server";
import { createServer, type DurableStreamsServer, openLocalLog } from "@perennial/server";
import { afterEach, expect, test } from "vitest";
import { BINARY, Http, JSON_TYPE, TEXT } from "../support/http.ts";
import { listedNames, namesIn, registryEvents } from "../support/registry.ts";

const ends: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function started(options: Parameters<typeof createServer>[0] = {}): Promise<Http> {
  const server: DurableStreamsServer = createServer({ port: 0, registry: true, drainMs: 0, ...options });
  await server.start();
  ends.push(() => server.stop());
  return new Http(server.url);
}

async function reference(): Promise<Http> {
  let hooks: ReturnType<typeof createRegistryHooks> | undefined;
  const server = new DurableStreamTestServer({
    port: 0,
    onStreamCreated: (event) => hooks?.onStreamCreated(event),
    onStreamDeleted: (event) => hooks?.onStreamDeleted(event),
  });
  const url = await server.start();
  hooks = createRegistryHooks(server.store, url);
  ends.push(() => server.stop());
  return new Http(url);
}

/** Settles once the registry says what the list does. */
async function settled(http: Http): Promise<void> {
  await expect
    .poll(async () => JSON.stringify(namesIn(await registryEvents(http))), { timeout: 10_000 })
    .toBe(JSON.stringify(await listedNames(http)));
}

test("the events are those of the reference's hooks, one by one", async () => {
  const before = Date.now();
  const ours = await started();
  const theirs = await reference();
  const told = await Promise.all(
    [ours, theirs].map(async (http) => {
      const steps: ReadonlyArray<() => Promise<unknown>> = [
        () => http.put("chat/1", { headers: JSON_TYPE }),
        () => http.put("notes", { headers: TEXT, body: "a" }),
        () => http.put("a%20b", { headers: BINARY }),
        () => http.put("plain"),
        () => http.put("plain"),
        () => http.delete("notes"),
        () => http.put("notes", { headers: JSON_TYPE }),
        () => http.put("fork", { headers: { "Stream-Forked-From": "/v1/stream/chat/1" } }),
        () => http.delete("chat/1"),
      ];
      for (const step of steps) await step();
      await expect.poll(async () => (await registryEvents(http)).length).toBe(9);
      return registryEvents(http);
    }),
  );
  const [mine, others] = told.map((events) =>
    events.map(({ type, key, value, headers: { offset: _, ...headers } }) => {
      if (value === undefined) return { type, key, headers };
      const { createdAt, ...rest } = value;
      expect(createdAt).toBeGreaterThanOrEqual(before);
      expect(createdAt).toBeLessThanOrEqual(Date.now());
      return { type, key, value: rest, headers };
    }),
  );
  expect(mine).toEqual(others);
});

test("streams that expire are struck out, and those under another root have the same names", async () => {
  const http = await started({ streamRoot: "/", sweepMs: 10 });
  await http.send("PUT", "/other", { headers: TEXT });
  await http.put("short", { headers: { ...TEXT, "Stream-TTL": "1" } });
  await expect
    .poll(async () => namesIn(await registryEvents(http)))
    .toEqual(["__registry__", "other", "short"]);
  await expect.poll(async () => (await registryEvents(http)).length, { timeout: 10_000 }).toBe(4);
  expect(namesIn(await registryEvents(http))).toEqual(["__registry__", "other"]);
  expect((await http.send("GET", "/__registry__")).status).toBe(200);
});

test("after a time without it, and after whatever somebody else wrote, it is right again", async () => {
  const directory = await mkdtemp(join(tmpdir(), "perennial-registry-"));
  ends.push(() => rm(directory, { recursive: true }));
  const life = async (registry: boolean, work: (http: Http) => Promise<void>) => {
    const server = createServer({ port: 0, registry, drainMs: 0, log: () => openLocalLog({ directory }) });
    await server.start();
    await work(new Http(server.url));
    await server.stop();
  };
  await life(true, async (http) => {
    for (const name of ["a", "b", "c"]) await http.put(name, { headers: TEXT });
    await settled(http);
  });
  await life(false, async (http) => {
    await http.delete("a");
    await http.delete("b");
    await http.put("b", { headers: JSON_TYPE });
    await http.put("d", { headers: TEXT });
    const ghost = {
      type: "stream",
      key: "ghost",
      value: { path: "ghost" },
      headers: { operation: "insert" },
    };
    const body = JSON.stringify([
      ghost,
      { type: "stream", key: "c", headers: { operation: "delete" } },
      5,
      null,
    ]);
    await http.post("__registry__", { headers: JSON_TYPE, body });
    await http.post("__registry__", { headers: JSON_TYPE, body: `"${"x".repeat(400_000)}"` });
  });
  await life(true, async (http) => {
    const state = async () => {
      const last = new Map<string, string | undefined>();
      for (const event of await registryEvents(http))
        if (event?.type === "stream") last.set(event.key, event.value?.contentType);
      return Object.fromEntries(last);
    };
    const [text, json] = ["text/plain", "application/json"];
    const right = { __registry__: json, a: undefined, b: json, c: text, d: text, ghost: undefined };
    await expect.poll(state).toEqual(right);
    const { length } = await registryEvents(http);
    await http.put("e", { headers: TEXT });
    await expect.poll(async () => (await registryEvents(http)).length).toBe(length + 1);
  });
});

test("whoever deletes it gets it back, whole, with the next event", async () => {
  const http = await started();
  for (const name of ["a", "b"]) await http.put(name, { headers: TEXT });
  await settled(http);
  await http.delete("__registry__");
  await http.put("c", { headers: TEXT });
  await settled(http);
  expect(namesIn(await registryEvents(http))).toEqual(["__registry__", "a", "b", "c"]);
});

test("without the option there is none", async () => {
  const http = await started({ registry: false });
  await http.put("a", { headers: TEXT });
  expect((await http.get("__registry__")).status).toBe(404);
});
