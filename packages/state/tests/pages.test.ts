/** Streams of several pages: one is taken in while the next is on its way. */
import { DurableStream, FetchError } from "@perennial/client";
import { appendEvents } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { afterAll, beforeAll, expect, it } from "vitest";
import { board, user } from "./support/board.ts";
import { createStream, servers, type TestServer } from "./support/servers.ts";

const ROWS = 20_000;
const rows = Array.from({ length: ROWS }, (_, index) => user(String(index), "a"));

let server: TestServer;
beforeAll(async () => {
  server = await servers["@perennial/server"]!();
});
afterAll(() => server.stop());

/** A database whose messages take a moment each, and what it asks the server for. */
async function open(answer: (request: number) => Response | undefined) {
  const { url } = await createStream(server);
  await appendEvents(new DurableStream({ url, warnOnHttp: false }), rows);
  const keys: string[] = [];
  /** How many messages were taken in when each request began. */
  const requests: number[] = [];
  const stream = new DurableStream({
    url,
    warnOnHttp: false,
    fetch: async (input, init) => {
      requests.push(keys.length);
      return answer(requests.length) ?? (await fetch(input, init));
    },
  });
  const db = createStreamDB({
    stream,
    live: false,
    state: board,
    onError: () => {},
    onEvent: ({ key }) => {
      keys.push(key);
      const end = performance.now() + 0.02;
      while (performance.now() < end);
    },
  });
  return { db, keys, requests };
}

it("the next page is asked for while one is taken in, and no more than one", async () => {
  const { db, keys, requests } = await open(() => undefined);
  await db.preload();
  expect(keys).toEqual(rows.map(({ key }) => key));
  expect(requests.length).toBeGreaterThan(4);
  const perPage = ROWS / requests.length;
  requests.forEach((taken, index) => {
    // With the pages before it here, the one before the last of them is done, and the last one is not.
    expect(taken).toBeGreaterThan((index - 3) * perPage);
    if (index > 1) expect(taken).toBeLessThan(index * perPage * 0.95);
  });
  db.close();
});

it("nothing comes twice when a page is refused while the one before it is taken in", async () => {
  const refusal = () => new Response("no", { status: 403 });
  const { db, keys } = await open((request) => (request === 3 ? refusal() : undefined));
  await expect(db.preload()).rejects.toThrow(FetchError);
  expect(keys.length).toBeLessThan(ROWS);
  await db.preload();
  expect(keys).toEqual(rows.map(({ key }) => key));
  expect(db.collections.users.size).toBe(ROWS);
  db.close();
});
