/** Upstreams at their worst: silent, endless, faster than what is below, with headers without end. */
import { createProxyHandler } from "@perennial/proxy";
import { createServer } from "@perennial/server";
import { afterEach, expect, it } from "vitest";
import { read, SECRET, World } from "./support/world.ts";

let world: World;
afterEach(() => world.stop());

async function codeOf(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
}

it("says in time that an upstream does not answer, and gives it up", async () => {
  world = await World.start({ headersTimeoutMs: 200 });
  world.model.on("/never", () => undefined);
  expect(await codeOf(await world.create("/never"))).toEqual([504, "UPSTREAM_TIMEOUT"]);
  expect(await codeOf(await world.create("/never", { "idempotency-key": "1" }))).toEqual([
    504,
    "UPSTREAM_TIMEOUT",
  ]);
  // On a busy machine the time may be over before it was asked.
  await expect.poll(() => world.model.calls - world.model.dropped).toBe(0);
});

it("takes no headers without end", async () => {
  world = await World.start();
  world.model.on("/headers", (response) => {
    for (let count = 0; count < 100; count++) response.setHeader(`x-${count}`, "x".repeat(1_000));
    response.end("body");
  });
  expect(await codeOf(await world.create("/headers"))).toEqual([502, "UPSTREAM_ERROR"]);
});

it("reads an upstream no faster than it can store, and loses nothing", async () => {
  const streams = createServer();
  let open!: () => void;
  const blocked = new Promise<void>((resolve) => {
    open = resolve;
  });
  const dsServer = {
    fetch: async (request: Request) => {
      const isData = request.method === "POST" && request.headers.get("producer-id") === "proxy";
      if (isData) await blocked;
      return streams.fetch(request);
    },
  };
  world = await World.start({ dsServer, durableStreamsUrl: undefined });
  const total = 40_000_000;
  let sent = 0;
  world.model.on("/fast", (response) => {
    const piece = Buffer.alloc(100_000, "x");
    const more = (): void => {
      while (sent < total) {
        sent += piece.length;
        if (!response.write(piece)) return void response.once("drain", more);
      }
      response.end();
    };
    more();
  });
  const url = await world.created("/fast");
  let before = -1;
  const hasHalted = (): boolean => {
    const isSame = sent === before;
    before = sent;
    return isSame;
  };
  // It comes to a halt by itself.
  await expect.poll(hasHalted, { interval: 300, timeout: 30_000 }).toBe(true);
  expect(sent).toBeLessThan(total / 2);
  open();
  expect((await world.whole(url)).length).toBe(total);
  await streams.stop();
});

it("is done with when what is below does not take it: nothing is asked, or it is given up", async () => {
  world = await World.start();
  let fails = true;
  const streams = createServer();
  const dsServer = {
    fetch: async (request: Request) => (fails ? new Response("no", { status: 507 }) : streams.fetch(request)),
  };
  const logger = { info: () => undefined, warn: () => undefined };
  const proxy = createProxyHandler({
    dsServer,
    jwtSecret: SECRET,
    allowlist: ["http://localhost:*/**"],
    storagePatienceMs: 500,
    logger,
  });
  const create = () => {
    const headers = { authorization: `Bearer ${SECRET}`, "upstream-method": "GET" };
    const upstream = { ...headers, "upstream-url": `${world.model.url}/endless` };
    return proxy.fetch(new Request("http://proxy.test/v1/proxy", { method: "POST", headers: upstream }));
  };
  world.model.on("/endless", (response) => {
    const more = (): void => {
      while (!response.destroyed && response.write("x".repeat(10_000)));
    };
    response.on("drain", more);
    more();
  });
  expect(await codeOf(await create())).toEqual([502, "STORAGE_ERROR"]);
  expect(world.model.calls).toBe(0);
  fails = false;
  const location = (await create()).headers.get("location")!;
  fails = true;
  await expect.poll(() => world.model.dropped, { timeout: 20_000 }).toBe(1);
  fails = false;
  // Nobody fetches it any more: whoever reads it is told.
  const response = await proxy.fetch(new Request(read(new URL(location), { offset: "-1" })));
  expect(response.headers.get("upstream-outcome")).toMatch(/^(?:failed|interrupted)$/);
  await response.body?.cancel();
  await proxy.stop();
  await streams.stop();
});
