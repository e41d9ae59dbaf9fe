/** What users of the official provider suffer from, each with what happens here. */

import { YjsProvider, type YjsProviderError } from "@perennial/yjs";
import { encodeFrames } from "@perennial/yjs/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { BASE, errorsOf, textOf, World } from "./support/world.ts";

let world: World;
beforeEach(() => {
  world = new World({ compactionThreshold: 1000 });
});
afterEach(() => world.close());

/** The text as a peer finds it who comes now. */
async function stored(docId: string): Promise<string> {
  const peer = await world.opened(docId);
  expect((peer.doc.store as { pendingStructs: unknown }).pendingStructs).toBeNull();
  return textOf(peer).toString();
}

it("sends what was there before it connected, and what was changed while it was not (1)", async () => {
  const doc = new Y.Doc();
  doc.getText("text").insert(0, "before ");
  const a = await world.opened("d", { doc });
  await a.flush();
  await a.disconnect();
  textOf(a).insert(7, "offline ");
  textOf(a).delete(0, 3);
  expect(a.unsyncedChanges).toBe(2);
  await a.connect();
  textOf(a).insert(0, ">");
  await a.flush();
  expect(await stored("d")).toBe(">ore offline ");
});

it("sends what a local copy holds and the server lacks, and nothing that it has (1)", async () => {
  const a = await world.opened("d");
  textOf(a).insert(0, "shared");
  await a.flush();
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(a.doc));
  await a.disconnect();
  world.asked.length = 0;
  await world.opened("d", { doc: copy });
  expect(world.asked.filter((asked) => asked.startsWith("POST"))).toEqual([]);
  const changed = new Y.Doc();
  Y.applyUpdate(changed, Y.encodeStateAsUpdate(copy));
  changed.getText("text").delete(0, 2);
  const b = await world.opened("d", { doc: changed });
  await b.flush();
  expect(await stored("d")).toBe("ared");
});

it("does not send again what a local copy brings late, once in step (1)", async () => {
  const a = await world.opened("d");
  textOf(a).insert(0, "shared");
  await a.flush();
  const b = await world.opened("d");
  world.asked.length = 0;
  Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(a.doc), "local copy");
  expect(b.unsyncedChanges).toBe(0);
  expect(world.asked.filter((asked) => asked.startsWith("POST"))).toEqual([]);
});

it("repeats a request under its number when its answer is lost, so it is stored once (2)", async () => {
  const a = await world.opened("d");
  let lost = 0;
  world.intercept = async (request, pass) => {
    const response = await pass();
    if (request.method !== "POST" || lost++ >= 3) return response;
    if (lost === 2) return new Response("busy", { status: 503 });
    throw new TypeError("connection lost");
  };
  textOf(a).insert(0, "once");
  await a.flush();
  const posts = world.requests.filter(({ method }) => method === "POST");
  expect(posts.map(({ headers }) => headers.get("producer-seq"))).toEqual(["0", "0", "0", "0"]);
  const updates = await world.below("GET", "/docs/d/.updates?offset=-1");
  expect(updates.headers.get("stream-next-offset")).toMatch(/_0*(\d+)$/);
  expect((await updates.arrayBuffer()).byteLength).toBeLessThan(40);
  expect(a.connected).toBe(true);
});

it("never asks for the document to be closed (3)", async () => {
  const a = await world.opened("d");
  textOf(a).insert(0, "x");
  await a.disconnect();
  expect(world.requests.filter(({ headers }) => headers.has("stream-closed"))).toEqual([]);
  const b = await world.opened("d");
  textOf(b).insert(0, "y");
  await b.flush();
  expect((await stored("d")).split("").sort().join("")).toBe("xy");
});

it("knows that events are base64 where it is not shown the header (4)", async () => {
  world.intercept = async (_request, pass) => {
    const response = await pass();
    response.headers.delete("stream-sse-data-encoding");
    return response;
  };
  const [a, b] = [await world.opened("d"), await world.opened("d")];
  await expect.poll(() => world.asked.filter((asked) => asked.includes("live=sse")).length).toBe(2);
  textOf(a).insert(0, "live");
  await expect.poll(() => textOf(b).toString()).toBe("live");
});

it("begins at the snapshot when fetch follows redirects, as browsers make it (5)", async () => {
  const a = await world.opened("d");
  textOf(a).insert(0, "x".repeat(2000));
  await a.flush();
  await world.yjs.compactor.idle();
  const url = await world.yjs.start();
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init);
    asked.push(response.url);
    return response;
  };
  const b = await world.opened("d", { baseUrl: `${url}/v1/yjs/test`, fetch });
  expect(textOf(b).length).toBe(2000);
  expect(asked[0]).toMatch(/offset=[0-9_]+_snapshot$/);
  expect(asked.filter((address) => address.includes("offset=-1"))).toEqual([]);
  b.destroy();
});

it("asks for headers and parameters anew for every request (6, 25)", async () => {
  let calls = 0;
  const headers = { authorization: async () => `Bearer ${++calls}` };
  const a = await world.opened("d", { headers, params: { secret: () => "s" } });
  textOf(a).insert(0, "x");
  await a.flush();
  const tokens = world.requests.map((request) => request.headers.get("authorization"));
  expect(tokens.length).toBeGreaterThan(3);
  for (const token of tokens) expect(token).toMatch(/^Bearer \d+$/);
  expect(new Set(tokens).size).toBe(tokens.length);
  for (const { url } of world.requests) expect(url).toContain("secret=s");
});

it("is seen again after it reconnected, without being told to (7)", async () => {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  const [here, there] = [new Awareness(a), new Awareness(b)];
  here.setLocalStateField("user", "Ada");
  const peer = await world.opened("d", { doc: b, awareness: there });
  const provider = await world.opened("d", { doc: a, awareness: here });
  const seen = () => there.getStates().get(a.clientID)?.user;
  await expect.poll(seen).toBe("Ada");
  await provider.disconnect();
  await expect.poll(seen).toBeUndefined();
  await provider.connect();
  await expect.poll(seen).toBe("Ada");
  for (const each of [provider, peer]) each.destroy();
  for (const awareness of [here, there]) awareness.destroy();
});

it("sees at once who is there when it comes (7)", async () => {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  const [here, there] = [new Awareness(a), new Awareness(b)];
  here.setLocalStateField("user", "Ada");
  let stored = 0;
  world.intercept = async (request, pass) => {
    const response = await pass();
    if (request.method === "POST" && response.ok) stored++;
    return response;
  };
  const first = await world.opened("d", { doc: a, awareness: here });
  await expect.poll(() => stored).toBe(1);
  // It has set no state of its own, and comes after the first one's was sent: only an answer to it can tell.
  const second = await world.opened("d", { doc: b, awareness: there });
  await expect.poll(() => there.getStates().get(a.clientID)?.user).toBe("Ada");
  for (const each of [first, second]) each.destroy();
  for (const awareness of [here, there]) awareness.destroy();
});

it("says that a document was deleted, and makes it anew on purpose only (8)", async () => {
  const a = await world.opened("d");
  const errors = errorsOf(a);
  textOf(a).insert(0, "kept here");
  await a.flush();
  await a.disconnect();
  await world.ask("DELETE", "/docs/d");
  await a.connect();
  expect(errors.map((error) => (error as YjsProviderError).code)).toEqual(["DOCUMENT_DELETED"]);
  expect(a.connected).toBe(false);
  expect((await world.ask("HEAD", "/docs/d")).status).toBe(404);
  await a.connect({ recreate: true });
  await a.flush();
  expect(await stored("d")).toBe("kept here");
});

it("says that a document was deleted also while it is open for the first time, and stops (8)", async () => {
  const a = await world.opened("d");
  const errors = errorsOf(a);
  await world.ask("DELETE", "/docs/d");
  await expect
    .poll(() => errors.map((error) => (error as YjsProviderError).code))
    .toEqual(["DOCUMENT_DELETED"]);
  expect(a.connected).toBe(false);
  expect((await world.ask("HEAD", "/docs/d")).status).toBe(404);
});

it("creates no document where it is not to (8)", async () => {
  const a = world.open("d", { createIfMissing: false, connect: false });
  const errors = errorsOf(a);
  await a.connect();
  expect(errors.map((error) => (error as YjsProviderError).code)).toEqual(["DOCUMENT_NOT_FOUND"]);
  expect((await world.ask("HEAD", "/docs/d")).status).toBe(404);
});

it("is not in step after a disconnect in the middle of the first sync (9)", async () => {
  const a = world.open("d", { connect: false });
  const told: boolean[] = [];
  a.on("synced", (synced) => told.push(synced));
  let disconnected: Promise<void> | undefined;
  world.intercept = async (request, pass) => {
    const response = await pass();
    if (request.url.includes("offset=")) disconnected ??= a.disconnect();
    return response;
  };
  await a.connect();
  await disconnected;
  expect(a.synced).toBe(false);
  expect(told).toEqual([]);
});

it("is in step only when the server has its own changes (10)", async () => {
  const [a, b] = [await world.opened("d"), await world.opened("d")];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.intercept = async (request, pass) => {
    if (request.method === "POST" && request.headers.get("producer-id")?.startsWith(`${a.doc.clientID}-`))
      await held;
    return pass();
  };
  textOf(a).insert(0, "mine");
  textOf(b).insert(0, "theirs");
  await expect.poll(() => textOf(a).toString()).toContain("theirs");
  expect(a.synced).toBe(false);
  expect(a.unsyncedChanges).toBe(1);
  release();
  await a.flush();
  expect(a.synced).toBe(true);
});

it("goes on where it was when it reconnects (11)", async () => {
  const a = await world.opened("d");
  textOf(a).insert(0, "x".repeat(2000));
  await a.flush();
  await a.disconnect();
  world.asked.length = 0;
  await a.connect();
  expect(world.asked.filter((asked) => /snapshot|offset=-1|PUT/.test(asked))).toEqual([]);
  expect(a.synced).toBe(true);
});

it("comes back by itself when the server does, and says how it is (2)", async () => {
  const a = world.open("d", { connect: false });
  const errors = errorsOf(a);
  const told: string[] = [];
  a.on("status", (status) => told.push(status));
  let isUp = false;
  world.intercept = (_request, pass) => (isUp ? pass() : Promise.reject(new TypeError("refused")));
  await a.connect();
  expect(errors[0]).toBeInstanceOf(Error);
  expect(told.slice(0, 2)).toEqual(["connecting", "disconnected"]);
  isUp = true;
  await expect.poll(() => a.synced).toBe(true);
  expect(told.at(-1)).toBe("connected");
});

it("leaves a damaged update out, says so, and goes on (18)", async () => {
  const a = await world.opened("d");
  textOf(a).insert(0, "good");
  await a.flush();
  await world.ask("POST", "/docs/d", { body: encodeFrames([Uint8Array.of(9, 9, 9, 9, 9)]) });
  const b = world.open("d", { connect: false });
  const errors = errorsOf(b);
  await b.connect();
  expect(errors.map((error) => (error as YjsProviderError).code)).toEqual(["DAMAGED_UPDATE"]);
  expect(textOf(b).toString()).toBe("good");
  textOf(b).insert(4, " still");
  await expect.poll(() => textOf(a).toString()).toBe("good still");
});

it("says once that presence cannot be read, and keeps to its live mode (15)", async () => {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const a = await world.opened("d", { doc, awareness, liveMode: "long-poll" });
  const errors = errorsOf(a);
  const isReading = () =>
    world.asked.some((asked) => asked.includes("awareness=default") && asked.includes("live="));
  await expect.poll(isReading).toBe(true);
  for (let count = 0; count < 3; count++)
    await world.ask("POST", "/docs/d?awareness=default", { body: encodeFrames([Uint8Array.of(1, 2)]) });
  await expect.poll(() => errors.length).toBe(1);
  expect(world.asked.filter((asked) => asked.includes("live=sse"))).toEqual([]);
  a.destroy();
  awareness.destroy();
});

it("writes nothing when it may only read", async () => {
  const writer = await world.opened("d");
  textOf(writer).insert(0, "theirs");
  await writer.flush();
  world.asked.length = 0;
  const reader = await world.opened("d", { readOnly: true });
  textOf(reader).insert(0, "mine ");
  expect(reader.unsyncedChanges).toBe(0);
  expect(reader.synced).toBe(true);
  expect(world.asked.filter((asked) => !asked.startsWith("GET"))).toEqual([]);
  expect(await stored("d")).toBe("theirs");
});

it("tells status as an object where that is asked for, and sync beside synced", async () => {
  const a = world.open("d", { connect: false, statusEvents: "object" });
  const told: unknown[] = [];
  a.on("status", (status) => told.push(status));
  a.on("sync", (synced) => told.push(synced));
  await a.connect();
  expect(told).toEqual([{ status: "connecting" }, { status: "connected" }, true]);
});

it("sends an hour's worth of changes once, in few requests", async () => {
  const a = await world.opened("d");
  await a.disconnect();
  for (let change = 0; change < 2000; change++) textOf(a).insert(change, "x");
  expect(a.unsyncedChanges).toBe(2000);
  world.asked.length = 0;
  await a.connect();
  await a.flush();
  expect(world.asked.filter((asked) => asked.startsWith("POST"))).toHaveLength(1);
  expect((await stored("d")).length).toBe(2000);
});

it("goes on without numbers where a document knows as many producers as it may", async () => {
  const small = new World({}, { producersPerStream: 1 });
  const [a, b] = [await small.opened("d"), await small.opened("d")];
  textOf(a).insert(0, "a");
  await a.flush();
  textOf(b).insert(0, "b");
  await b.flush();
  expect(b.synced).toBe(true);
  await expect.poll(() => textOf(a).length).toBe(2);
  await small.close();
});

it("takes an absolute address only where there is no page to complete it", () => {
  expect(() => new YjsProvider({ doc: new Y.Doc(), baseUrl: "/v1/yjs/test", docId: "d" })).toThrow(TypeError);
  expect(BASE).toMatch(/^http/);
});
