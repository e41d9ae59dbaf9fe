/** What the official package's tests check, and what its protocol's appendix names, as far as no other test here has it. */
import { encodeFrames } from "@perennial/yjs/core";
import { YjsServer } from "@perennial/yjs/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { BASE, errorsOf, textOf, World } from "./support/world.ts";

const THRESHOLD = 1500;

let world: World;
beforeEach(() => {
  world = new World({ compactionThreshold: THRESHOLD });
});
afterEach(() => world.close());

const frame = (...bytes: number[]): Uint8Array<ArrayBuffer> => encodeFrames([Uint8Array.from(bytes)]);

function theirs(): Y.Doc {
  const doc = new Y.Doc();
  doc.getText("text").insert(0, "theirs");
  return doc;
}

async function textOfNewcomer(): Promise<string> {
  return textOf(await world.opened("d")).toString();
}

/** An answer that begins, and then stays away until the request is given up. */
async function silence(signal: AbortSignal): Promise<Response> {
  const body = new ReadableStream({
    start: (controller) =>
      signal.addEventListener("abort", () => controller.error(signal.reason), { once: true }),
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

async function snapshotKey(docPath: string): Promise<string | null> {
  const response = await world.ask("GET", `/docs/${docPath}?offset=snapshot`);
  return new URLSearchParams(response.headers.get("location") ?? "").get("offset");
}

describe("documents", () => {
  it("have every one of many single changes, and of bursts of them", async () => {
    const a = await world.opened("d");
    for (let at = 0; at < 225; at++) textOf(a).insert(at, String(at % 10));
    await a.flush();
    const b = await world.opened("d");
    expect(textOf(b).toString()).toBe(textOf(a).toString());
    for (let burst = 0; burst < 2; burst++) {
      for (let count = 0; count < 50; count++) textOf(a).insert(0, "b");
      await a.flush();
    }
    await expect.poll(() => textOf(b).length).toBe(325);
  });

  it("bring a transaction over in one piece", async () => {
    const [a, b] = [await world.opened("d"), await world.opened("d")];
    const sizes: number[] = [];
    b.doc.getMap("map").observe(() => sizes.push(b.doc.getMap("map").size));
    a.doc.transact(() => {
      a.doc.getMap("map").set("one", 1);
      a.doc.getMap("map").set("two", 2);
    });
    await expect.poll(() => b.doc.getMap("map").toJSON()).toEqual({ one: 1, two: 2 });
    expect(sizes).toEqual([2]);
  });

  it("say with each append where they end", async () => {
    await world.ask("PUT", "/docs/d");
    const posted = await world.ask("POST", "/docs/d", { body: frame(1) });
    const head = await world.ask("HEAD", "/docs/d");
    expect(posted.headers.get("stream-next-offset")).toBe(head.headers.get("stream-next-offset"));
  });

  it("answer a long poll to which nothing came by 204, and where to go on", async () => {
    const made = await world.ask("PUT", "/docs/d");
    const offset = made.headers.get("stream-next-offset")!;
    const response = await world.ask("GET", `/docs/d?offset=${offset}&live=long-poll`);
    expect([response.status, response.headers.get("stream-next-offset")]).toEqual([204, offset]);
    expect(response.headers.get("stream-up-to-date")).toBe("true");
  });

  it.each([
    [401, "UNAUTHORIZED"],
    [410, "OFFSET_EXPIRED"],
    [429, "RATE_LIMITED"],
  ])("pass a refusal from below on as JSON: %i %s", async (status, code) => {
    const yjs = new YjsServer({
      dsServer: { fetch: () => Promise.resolve(new Response("no", { status })) },
    });
    const response = await yjs.fetch(new Request(`${BASE}/docs/d?offset=-1`));
    expect([response.status, (await response.json()).error.code]).toEqual([status, code]);
    await yjs.stop();
  });

  it("keep headers of a connection to that connection (24)", async () => {
    const headers = { "keep-alive": "timeout=5", connection: "keep-alive", "stream-next-offset": "7" };
    const yjs = new YjsServer({ dsServer: { fetch: () => Promise.resolve(new Response("", { headers })) } });
    const response = await yjs.fetch(new Request(`${BASE}/docs/d?offset=-1`));
    expect(["keep-alive", "connection"].filter((name) => response.headers.has(name))).toEqual([]);
    expect(response.headers.get("stream-next-offset")).toBe("7");
    await yjs.stop();
  });
});

describe("presence", () => {
  it("arrives at the last of rapid values", async () => {
    const [a, b] = await Promise.all(
      [0, 1].map(async () => {
        const doc = new Y.Doc();
        const awareness = new Awareness(doc);
        return { awareness, provider: await world.opened("d", { doc, awareness }) };
      }),
    );
    for (let value = 1; value <= 5; value++) a!.awareness.setLocalStateField("value", value);
    const seen = () => b!.awareness.getStates().get(a!.awareness.clientID)?.value;
    await expect.poll(seen).toBe(5);
    for (const { awareness } of [a!, b!]) awareness.destroy();
  });

  it("has control events between its data", async () => {
    await world.ask("PUT", "/docs/d");
    await world.ask("POST", "/docs/d?awareness=default", { body: frame(1) });
    const left = new AbortController();
    const response = await world.ask("GET", "/docs/d?awareness=default&offset=-1&live=sse", {
      signal: left.signal,
    });
    let events = "";
    for await (const bytes of response.body!) {
      events += Buffer.from(bytes).toString();
      if (events.includes("streamNextOffset")) break;
    }
    left.abort();
    expect(events).toMatch(/event: data[\s\S]*event: control/);
  });

  it("cannot be made of a document that was deleted", async () => {
    await world.ask("PUT", "/docs/d");
    await world.ask("DELETE", "/docs/d");
    const response = await world.ask("PUT", "/docs/d?awareness=other");
    expect([response.status, (await response.json()).error.code]).toEqual([404, "DOCUMENT_NOT_FOUND"]);
  });
});

describe("compaction", () => {
  it("runs once at a time, and loses nothing that is written meanwhile", async () => {
    const { compactor } = world.yjs;
    const perform = compactor.performCompaction.bind(compactor);
    let runs = 0;
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    compactor.performCompaction = async (...id) => {
      runs++;
      await held;
      return perform(...id);
    };
    const a = await world.opened("d");
    for (let write = 0; write < 20; write++) {
      textOf(a).insert(0, "x".repeat(200));
      await a.flush();
    }
    expect(runs).toBe(1);
    release();
    await compactor.idle();
    expect(textOf(await world.opened("d")).length).toBe(4000);
  });

  it("goes on over three rounds, and leaves the earliest update readable", async () => {
    const a = await world.opened("d");
    const keys = new Set<string | null>();
    for (let round = 0; round < 3; round++) {
      textOf(a).insert(0, "x".repeat(2000));
      await a.flush();
      await world.yjs.compactor.idle();
      keys.add(await snapshotKey("d"));
    }
    expect(keys.size).toBe(3);
    expect(textOf(await world.opened("d")).length).toBe(6000);
    const all = await world.ask("GET", "/docs/d?offset=-1");
    expect((await all.arrayBuffer()).byteLength).toBeGreaterThan(6000);
  });

  it("does not matter to who was offline meanwhile", async () => {
    const [a, b] = [await world.opened("d"), await world.opened("d")];
    textOf(a).insert(0, "start");
    await expect.poll(() => textOf(b).length).toBe(5);
    await b.disconnect();
    textOf(b).insert(0, "offline ");
    for (let round = 0; round < 2; round++) {
      textOf(a).insert(0, "x".repeat(2000));
      await a.flush();
      await world.yjs.compactor.idle();
    }
    await b.connect();
    await b.flush();
    expect(textOf(b).length).toBe(4013);
    await expect.poll(() => textOf(a).toString()).toBe(textOf(b).toString());
  });
});

it("grows with each edit, and is rid of its history when it is made anew from a copy (17)", async () => {
  const a = await world.opened("d");
  for (let edit = 0; edit < 1000; edit++) textOf(a).insert(edit, "x");
  await a.flush();
  const size = async (): Promise<number> => {
    const all = await world.ask("GET", "/docs/d?offset=-1");
    return (await all.arrayBuffer()).byteLength;
  };
  expect(await size()).toBeGreaterThan(10_000);
  await a.disconnect();
  await world.ask("DELETE", "/docs/d");
  await a.connect({ recreate: true });
  await a.flush();
  expect(await size()).toBeLessThan(1100);
  expect((await textOfNewcomer()).length).toBe(1000);
});

describe("a provider", () => {
  it("is not connected once it was told to disconnect, whenever that was", async () => {
    const a = world.open("d", { connect: false });
    const connecting = a.connect();
    await a.disconnect();
    await connecting;
    expect(a.connected).toBe(false);
    await a.connect();
    expect([a.connected, a.synced]).toEqual([true, true]);
    const leaving = a.disconnect();
    expect([a.connected, a.synced]).toEqual([false, false]);
    await leaving;
  });

  it("gives up an answer that stays silent, and asks again (25)", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    try {
      const silent = new Set(["GET", "POST"]);
      world.intercept = (request, pass) => {
        const isMeant = request.method === "POST" || request.url.includes("live=sse");
        return isMeant && silent.delete(request.method) ? silence(request.signal) : pass();
      };
      const a = await world.opened("d");
      textOf(a).insert(0, "mine");
      await expect.poll(() => silent.size).toBe(0);
      await world.ask("POST", "/docs/d", { body: encodeFrames([Y.encodeStateAsUpdate(theirs())]) });
      const later = async (): Promise<boolean> => {
        await vi.advanceTimersByTimeAsync(1000);
        return a.synced && textOf(a).toString().includes("theirs");
      };
      await expect.poll(later, { timeout: 30_000 }).toBe(true);
      expect(await textOfNewcomer()).toContain("mine");
    } finally {
      vi.useRealTimers();
    }
  });

  it("keeps its content over many connections", async () => {
    const a = world.open("d", { connect: false });
    const errors = errorsOf(a);
    expect(a.connected).toBe(false);
    for (let round = 1; round <= 3; round++) {
      await a.connect();
      textOf(a).insert(0, "x");
      await a.flush();
      await a.disconnect();
      expect(textOf(a).length).toBe(round);
    }
    expect(errors).toEqual([]);
    expect(textOf(await world.opened("d")).length).toBe(3);
  });
});
