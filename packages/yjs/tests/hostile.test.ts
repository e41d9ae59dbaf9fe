/** What a client sends, by mistake or on purpose, harms neither others nor the server. */

import { createServer } from "@perennial/server";
import type { YjsProviderError } from "@perennial/yjs";
import { encodeFrames } from "@perennial/yjs/core";
import { YjsServer } from "@perennial/yjs/server";
import { afterEach, beforeEach, expect, it } from "vitest";
import * as Y from "yjs";
import { manyEdits } from "./support/many-edits.ts";
import { BASE, textOf, World } from "./support/world.ts";

const MIB = 1024 * 1024;

let world: World;
beforeEach(() => {
  world = new World({ compactionThreshold: 2 ** 40 });
});
afterEach(() => world.close());

const update = (text: string): Uint8Array<ArrayBuffer> => {
  const doc = new Y.Doc();
  doc.getText("text").insert(0, text);
  return encodeFrames([Y.encodeStateAsUpdate(doc)]);
};

it("a document begins with whole frames or with nothing", async () => {
  const refused = await world.ask("PUT", "/docs/d", { body: Uint8Array.of(5, 1) });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { code: "INVALID_REQUEST" } });
  expect((await world.ask("HEAD", "/docs/d")).status).toBe(404);
  expect((await world.ask("PUT", "/docs/d", { body: update("first") })).status).toBe(201);
  expect(textOf(await world.opened("d")).toString()).toBe("first");
});

it("a document has one type, which a request that names another is told", async () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const refused = await world.ask("PUT", "/docs/d", { headers });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("application/octet-stream, not application/x-www-form-urlencoded");
  await world.ask("PUT", "/docs/d", { headers: { "content-type": "Application/Octet-Stream; a=b" } });
  expect((await world.ask("POST", "/docs/d", { body: update("x") })).status).toBe(204);
  expect((await world.ask("PUT", "/docs/d", { headers })).status).toBe(409);
});

it("presence is short: what is longer goes to nobody", async () => {
  await world.ask("PUT", "/docs/d");
  const body = encodeFrames([new Uint8Array(MIB)]);
  expect((await world.ask("POST", "/docs/d?awareness=default", { body })).status).toBe(413);
  expect((await world.ask("POST", "/docs/d", { body })).status).toBe(204);
});

it("a body of millions of empty frames is looked at while others are answered", async () => {
  await world.ask("PUT", "/docs/long");
  await world.ask("PUT", "/docs/other");
  const order: string[] = [];
  const long = world
    .ask("POST", "/docs/long", { body: new Uint8Array(16 * MIB) })
    .then(({ status }) => order.push(`long ${status}`));
  for (let count = 0; count < 10; count++)
    order.push(`other ${(await world.ask("POST", "/docs/other", { body: update("x") })).status}`);
  await long;
  expect(order).toEqual([...Array<string>(10).fill("other 204"), "long 204"]);
});

it("updates that wait for one that was lost hold up neither a reader nor compaction", async () => {
  await world.ask("PUT", "/docs/gaps");
  const edits = [...manyEdits(30_000)];
  const some = edits.filter((_, index) => index % 2 === 1);
  for (const part of [some, some]) await world.ask("POST", "/docs/gaps", { body: encodeFrames(part) });
  await world.yjs.compactor.triggerCompaction("test", "gaps");
  expect(world.warnings).toEqual([]);
  const provider = await world.opened("gaps");
  expect(textOf(provider).length).toBe(0);
  await world.ask("POST", "/docs/gaps", {
    body: encodeFrames(edits.filter((_, index) => index % 2 === 0)),
  });
  await expect.poll(() => textOf(provider).length, { timeout: 60_000 }).toBe(30_000);
  expect(world.asked.some((asked) => asked.includes("offset=-1"))).toBe(false);
}, 120_000);

it("what somebody wrote into an index reaches nothing but its own document", async () => {
  const reached: string[] = [];
  const dsServer = {
    fetch: (request: Request) => {
      reached.push(new URL(request.url).pathname);
      return world.streams.fetch(request);
    },
  };
  const yjs = new YjsServer({ dsServer });
  await world.ask("PUT", "/docs/d");
  const write = async (path: string, entries: object[]): Promise<void> => {
    const headers = { "content-type": "application/json" };
    const { status } = await world.below("PUT", path, { headers, body: JSON.stringify(entries) });
    expect(status).toBe(201);
  };
  const tricks = ["../../victim/.updates?", "../../victim/.updates#", "..%2F..%2Fvictim%2F.updates?", ".."];
  await write(
    "/docs/d/.index",
    tricks.map((snapshotOffset) => ({ snapshotOffset, createdAt: 1 })),
  );
  await write(
    "/docs/d/.awareness/.index",
    tricks.map((name) => ({ name, createdAt: 1 })),
  );
  const address = `${BASE}/docs/d`;
  await yjs.fetch(new Request(`${address}?offset=snapshot`));
  expect((await yjs.fetch(new Request(address, { method: "DELETE" }))).status).toBe(204);
  await yjs.stop();
  await yjs.stop();
  expect(reached.length).toBeGreaterThan(tricks.length);
  // Some parsers of URLs leave dots where they are, and others do not.
  const isElsewhere = (path: string): boolean =>
    !path.startsWith("/v1/stream/yjs/test/docs/d/.") || /\/\.\.?(?:\/|$)/.test(path);
  expect(reached.filter(isElsewhere)).toEqual([]);
});

it("a body that is coded is refused", async () => {
  await world.ask("PUT", "/docs/d");
  for (const path of ["/docs/d", "/docs/d?awareness=default"]) {
    const headers = { "content-encoding": "gzip" };
    const refused = await world.ask("POST", path, { headers, body: update("x") });
    expect(refused.status).toBe(415);
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringContaining("Content-Encoding") },
    });
  }
});

it("an error below is passed on as a sentence", async () => {
  await world.ask("PUT", "/docs/d");
  const answer = await world.ask("GET", "/docs/d?offset=nonsense");
  expect(answer.status).toBe(400);
  const { error } = await answer.json();
  expect(error.message).toMatch(/^[A-Z][^{}]*offset[^{}]*\.$/);
});

it.each([
  ["frames that are cut", [9, 1, 2]],
  ["a length that cannot be", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 7]],
])("a document into whose stream somebody wrote %s opens all the same, and says so", async (_what, bytes) => {
  const before = await world.opened("d");
  textOf(before).insert(0, "kept");
  await before.flush();
  const headers = { "content-type": "application/octet-stream" };
  const damage = await world.below("POST", "/docs/d/.updates", { headers, body: Uint8Array.from(bytes) });
  expect(damage.status).toBe(204);
  textOf(before).insert(4, " and more, long enough to end what was cut");
  await before.flush();
  const codes: string[] = [];
  const reader = world.open("d", { connect: false });
  reader.on("error", (error) => codes.push((error as YjsProviderError).code));
  await reader.connect();
  expect(textOf(reader).toString()).toMatch(/^kept/);
  expect(codes).toContain("DAMAGED_UPDATE");
});

it("a long update is handed to the server below in pieces, and is whole there", async () => {
  const server = createServer();
  const pieces: number[] = [];
  const dsServer = {
    async fetch(request: Request): Promise<Response> {
      if (request.method !== "POST") return server.fetch(request);
      const counted = new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, controller) {
          pieces.push(piece.length);
          controller.enqueue(piece);
        },
      });
      const { url, method, headers, body } = request;
      const init = { method, headers, body: body!.pipeThrough(counted), duplex: "half" };
      return server.fetch(new Request(url, init as RequestInit));
    },
  };
  const yjs = new YjsServer({ dsServer, compactionThreshold: 2 ** 40 });
  const address = `http://localhost/v1/yjs/test/docs/long`;
  await yjs.fetch(new Request(address, { method: "PUT" }));
  const body = encodeFrames([Uint8Array.from({ length: 5 * MIB }, (_, at) => at % 251)]);
  const answer = await yjs.fetch(new Request(address, { method: "POST", body }));
  expect(answer.status).toBe(204);
  expect(pieces.length).toBeGreaterThan(1);
  expect(Math.max(...pieces)).toBeLessThanOrEqual(MIB);
  const read = await yjs.fetch(new Request(`${address}?offset=-1`));
  expect(Buffer.from(await read.arrayBuffer()).equals(body)).toBe(true);
  await yjs.stop();
  await server.stop();
});
