/** Requests to the fetch handler whose client goes away, which it learns from their signal alone. */
import { createServer } from "@perennial/server";
import { Hono } from "hono";
import { afterEach, expect, test } from "vitest";
import { TEXT } from "../support/http.ts";

const URL = "http://localhost/v1/stream/s";

let server: ReturnType<typeof createServer>;

afterEach(() => server.stop());

/** Starts a server. If its stop waits for somebody, that takes longer than a test may. */
async function start(): Promise<void> {
  server = createServer({ drainMs: 3_600_000 });
  await server.fetch(new Request(URL, { method: "PUT", headers: TEXT }));
}

const readers = () => server.metrics().liveReaders;

test("a long-poll settles, its place is free, and a stop does not wait for it", async () => {
  await start();
  let begun = 0;
  let finished = 0;
  const app = new Hono();
  app.use(async (_context, next) => {
    begun += 1;
    await next();
    finished += 1;
  });
  app.all("/v1/stream/*", (context) => server.fetch(context.req.raw));
  const abort = new AbortController();
  const polls = Array.from({ length: 20 }, () =>
    app.fetch(new Request(`${URL}?offset=now&live=long-poll`, { signal: abort.signal })),
  );
  await expect.poll(readers).toBe(20);
  abort.abort();
  expect((await Promise.all(polls)).map(({ status }) => status)).toEqual(Array(20).fill(499));
  expect([begun, finished, readers()]).toEqual([20, 20, 0]);
  await server.stop();
});

test("a long-poll whose signal is aborted already settles, too", async () => {
  await start();
  const request = new Request(`${URL}?offset=now&live=long-poll`, { signal: AbortSignal.abort() });
  expect((await server.fetch(request)).status).toBe(499);
  expect(readers()).toBe(0);
});

test("an event stream breaks off, and its place is free", async () => {
  await start();
  const abort = new AbortController();
  const response = await server.fetch(new Request(`${URL}?offset=-1&live=sse`, { signal: abort.signal }));
  const reader = response.body!.getReader();
  await reader.read();
  expect(readers()).toBe(1);
  const next = reader.read();
  abort.abort(new Error("gone"));
  await expect(next).rejects.toThrow("gone");
  expect(readers()).toBe(0);
});

test("a long body breaks off, and a stop does not wait for it", async () => {
  await start();
  await server.fetch(new Request(URL, { method: "POST", headers: TEXT, body: "x".repeat(500_000) }));
  const abort = new AbortController();
  const response = await server.fetch(new Request(URL, { signal: abort.signal }));
  const reader = response.body!.getReader();
  await reader.read();
  abort.abort(new Error("gone"));
  await expect(reader.read()).rejects.toThrow("gone");
  await server.stop();
});

test("a body of a million pieces that are there at once leaves others their turn", async () => {
  await start();
  let left = 1_000_000;
  const piece = Uint8Array.of(0x78);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(piece);
      else controller.close();
    },
  });
  const posting = server.fetch(
    new Request(URL, { method: "POST", headers: TEXT, body, duplex: "half" } as RequestInit),
  );
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  count();
  const { status } = await posting;
  isOver = true;
  expect(status).toBe(204);
  expect(turns).toBeGreaterThan(500);
});
