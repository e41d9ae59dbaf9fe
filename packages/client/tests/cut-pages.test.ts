import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { stream } from "../src/index.ts";

const backoffOptions = { initialDelay: 1, maxDelay: 2, multiplier: 1 };

/** A server that writes raw answers; what it is given cuts the connection, or ends it as HTTP does. */
async function rawServer(answer: (request: IncomingMessage, socket: Socket, count: number) => void) {
  let count = 0;
  const server = createServer((request) => answer(request, request.socket, ++count));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s`;
  return { url, requests: () => count };
}

function head(type: string, length: number, ...more: string[]): string {
  const fixed = ["HTTP/1.1 200 OK", "connection: close", "stream-next-offset: 9"];
  return [...fixed, `content-type: ${type}`, `content-length: ${length}`, ...more, "", ""].join("\r\n");
}

/** Writes all of an answer, or its beginning, and ends the connection when that has gone out. */
function write(socket: Socket, text: string, cut = text.length): void {
  socket.end(text.slice(0, cut));
}

const PAGE = `[${Array.from({ length: 100 }, (_, n) => `{"n":${n}}`).join(",")}]`;
const READS = {
  json: (url: string) => stream({ url, live: false, backoffOptions }).then((response) => response.json()),
  text: (url: string) => stream({ url, live: false, backoffOptions }).then((response) => response.text()),
  body: (url: string) => stream({ url, live: false, backoffOptions }).then((response) => response.body()),
  "a loop": async (url: string) => {
    const items = [];
    for await (const item of stream({ url, live: false, backoffOptions })) items.push(item);
    return items;
  },
  "a long-poll": (url: string) =>
    stream({ url, offset: "8", live: "long-poll", backoffOptions }).then((response) => response.json()),
};

describe("connections that are always cut at the same place", () => {
  test.each(Object.entries(READS))("end %s with an error that says so", async (_, read) => {
    const answer = head("application/json", PAGE.length, "stream-up-to-date: true") + PAGE;
    const { url, requests } = await rawServer((_, socket) => write(socket, answer, answer.length - 300));
    await expect(read(url)).rejects.toMatchObject({
      code: "UNKNOWN",
      message: expect.stringMatching(/^The stream always breaks at (-1|8): /),
    });
    expect(requests()).toBe(26);
  });

  test("are asked about first: the error handler may go on", async () => {
    const whole = head("application/json", PAGE.length, "stream-up-to-date: true") + PAGE;
    let isMended = false;
    const { url } = await rawServer((_, socket) => write(socket, whole, isMended ? undefined : 200));
    const told: Error[] = [];
    const onError = (error: Error) => {
      told.push(error);
      isMended = true;
      return {};
    };
    const response = await stream({ url, live: false, backoffOptions, onError });
    expect(await response.json()).toHaveLength(100);
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining("always breaks at -1")]);
  });
});

test.each(["text", "body"] as const)(
  "connections that are cut a little later each time bring all of %s, however often that is",
  async (method) => {
    const text = "0123456789".repeat(100);
    const start = head("text/plain", text.length, "stream-up-to-date: true");
    const { url, requests } = await rawServer((_, socket, count) =>
      write(socket, start + text, start.length + 20 * count),
    );
    const response = await stream({ url, live: false, backoffOptions });
    const read = await response[method]();
    expect(typeof read === "string" ? read : new TextDecoder().decode(read)).toBe(text);
    expect(requests()).toBe(50);
  },
);

test("a large page of JSON goes forward by whole messages, each of them given once", async () => {
  const items = Array.from({ length: 10 }, (_, n) => ({ n, text: "x".repeat(256 * 1024) }));
  const text = JSON.stringify(items);
  const start = head("application/json", text.length, "stream-up-to-date: true", "stream-closed: true");
  const { url, requests } = await rawServer((_, socket, count) =>
    write(socket, start + text, start.length + 400_000 * count),
  );
  const response = await stream<{ n: number }>({ url, backoffOptions });
  const seen: number[] = [];
  for await (const { n } of response.jsonStream()) seen.push(n);
  expect(seen).toEqual(items.map(({ n }) => n));
  expect(requests()).toBe(7);
});

test.each(["sse", "long-poll"] as const)("what is cut in %s comes by a plain request", async (live) => {
  const closed = head("application/json", 3, "stream-closed: true");
  const tail = head("application/json", 2, "stream-up-to-date: true").replace("offset: 9", "offset: 8");
  const modes: (string | null)[] = [];
  const { url } = await rawServer((request, socket, count) => {
    const mode = new URL(request.url ?? "", "http://h").searchParams.get("live");
    modes.push(mode);
    if (mode === "sse") {
      const event =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
      write(socket, `${event}10\r\nevent: data\ndata:\r\n`);
    } else if (mode) write(socket, closed);
    else write(socket, count === 1 ? `${tail}[]` : `${closed}[7]`);
  });
  const response = await stream({ url, live, backoffOptions });
  const seen: unknown[] = [];
  for await (const item of response.jsonStream()) seen.push(item);
  expect(seen).toEqual([7]);
  expect(modes).toEqual([null, live, live, live, live, null]);
});
