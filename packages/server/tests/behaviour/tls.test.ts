/** TLS: the same requests through it, plain and odd ones, on both listening doors. */
import { connect } from "node:net";
import { createServer } from "@perennial/server";
import { afterEach, describe, expect, it } from "vitest";
import { RawSocket } from "../support/raw-socket.ts";
import { TEST_IDENTITY } from "../support/tls-identity.ts";

type Server = ReturnType<typeof createServer>;

const CREATE =
  "PUT /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
const READ = "GET /v1/stream/s?offset=-1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
const CHUNKED =
  "POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n" +
  "Transfer-Encoding: chunked\r\n\r\n6\r\n, you!\r\n0\r\n\r\n";
const TAIL = "GET /v1/stream/s?offset=-1&live=sse HTTP/1.1\r\nHost: localhost\r\n\r\n";

let server: Server | undefined;
const raws: RawSocket[] = [];

afterEach(async () => {
  for (const raw of raws.splice(0)) raw.destroy();
  await server?.stop();
});

async function start(
  http: "fast" | "node",
  options: Parameters<typeof createServer>[0] = {},
): Promise<Server> {
  server = createServer({ port: 0, http, tls: TEST_IDENTITY, drainMs: 3000, ...options });
  await server.start();
  return server;
}

async function open(url: string): Promise<RawSocket> {
  const raw = await RawSocket.open(url);
  raws.push(raw);
  return raw;
}

/** How many answers have come, each with a status line of its own. */
function answers(received: string): readonly string[] {
  return received.match(/HTTP\/1\.1 \d{3}/g) ?? [];
}

describe.each(["fast", "node"] as const)("TLS with http: %s", (http) => {
  it("answers plain and odd requests on one connection, and tells its scheme", async () => {
    const { url } = await start(http);
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const raw = await open(url);
    for (const [index, request] of [CREATE, READ, CHUNKED, READ].entries()) {
      raw.write(request);
      await raw.until((received) => answers(received).length > index);
    }
    await raw.until((received) => received.endsWith("hello, you!"));
    expect(answers(raw.received)).toEqual(["HTTP/1.1 201", "HTTP/1.1 200", "HTTP/1.1 204", "HTTP/1.1 200"]);
    expect(raw.received).toContain("https://localhost/v1/stream/s\r\n");
  });

  it("tails a stream, and ends the tail when it stops", async () => {
    const { url } = await start(http);
    const writer = await open(url);
    writer.write(CREATE);
    await writer.until((received) => answers(received).length === 1);
    const reader = await open(url);
    reader.write(TAIL);
    await reader.until((received) => received.includes("data:hello") || received.includes("data: hello"));
    writer.write(CHUNKED);
    await reader.until((received) => received.includes(", you!"));
    await server!.stop();
    await reader.closed();
    expect(reader.received.slice(-5)).toBe("0\r\n\r\n");
  });

  it("closes what is no TLS, or does not get on with the handshake, and goes on", async () => {
    const { url } = await start(http, { headerTimeoutMs: 100 });
    for (const bytes of [READ, ""]) {
      const plain = connect(Number(new URL(url).port), "127.0.0.1");
      plain.on("error", () => undefined);
      plain.write(bytes);
      plain.resume();
      await new Promise((resolve) => plain.once("close", resolve));
    }
    const raw = await open(url);
    raw.write(READ);
    expect((await raw.answer()).status).toBe(404);
  });
});

describe("a certificate and a key", () => {
  it("are refused when they are no PEM", () => {
    expect(() => createServer({ tls: { cert: "nonsense", key: TEST_IDENTITY.key } })).toThrow(
      /tls must be a certificate and its private key, both as PEM: /,
    );
  });
});
