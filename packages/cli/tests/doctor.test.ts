/** The doctor behind proxies that are ill in one way each. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finished, run } from "./support/process.ts";
import { TestServer } from "./support/server.ts";

let server: TestServer;
const proxies: Server[] = [];

beforeAll(async () => {
  server = await TestServer.start({ longPollTimeoutMs: 1000 });
});

afterAll(async () => {
  for (const proxy of proxies) {
    proxy.closeAllConnections();
    proxy.close();
  }
  await server.stop();
});

/** What a proxy does with a request on its way in and an answer on its way out. */
interface Illness {
  readonly inward?: (incoming: IncomingMessage, response: ServerResponse) => boolean;
  readonly outward?: (
    incoming: IncomingMessage,
    answer: IncomingMessage,
    response: ServerResponse,
  ) => boolean;
}

/** A proxy in front of the server; `inward` and `outward` return whether they have dealt with it themselves. */
async function proxy({ inward, outward }: Illness): Promise<string> {
  const front = createServer((incoming, response) => {
    response.setHeader("Via", "1.1 sick-proxy");
    if (inward?.(incoming, response)) return;
    const outgoing = request(
      server.origin + incoming.url,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (outward?.(incoming, answer, response)) return;
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.on("error", () => response.destroy());
    response.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  }).listen(0, "127.0.0.1");
  proxies.push(front);
  await once(front, "listening");
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}/v1/stream`;
}

const examine = (...urls: readonly string[]): Promise<Finished> => run(["doctor", ...urls]);

it("finds nothing wrong with the server itself, and cleans up", async () => {
  const { code, stdout, stderr } = await examine(server.baseUrl);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.match(/^ {2}ok /gm)).toHaveLength(9);
  expect((await server.run(["ls"])).stdout).toBe("");
});

const cached = new Map<string, { status: number; headers: IncomingMessage["headers"]; body: Buffer }>();

const ILLNESSES: readonly (readonly [string, Illness, RegExp])[] = [
  [
    "buffers SSE",
    {
      outward: (incoming, answer, response) => {
        if (!incoming.url?.includes("live=sse")) return false;
        const held: Buffer[] = [];
        answer.on("data", (piece: Buffer) => held.push(piece));
        answer.on("end", () => response.writeHead(200, answer.headers).end(Buffer.concat(held)));
        return true;
      },
    },
    /BAD +SSE +an SSE response does not even begin .*\n.*\n +turn off response buffering/,
  ],
  [
    "drops idle connections",
    {
      inward: (incoming, response) => {
        if (incoming.url?.includes("live=long-poll")) setTimeout(() => response.destroy(), 100);
        return false;
      },
    },
    /BAD +idle connections +a long-poll is cut off after 0\.\d s\n.*\n +raise the hop's idle timeout/,
  ],
  [
    "strips response headers",
    {
      outward: (_incoming, answer) => {
        delete answer.headers["stream-up-to-date"];
        return false;
      },
    },
    /BAD +response headers +stripped: Stream-Up-To-Date of GET \(via: 1\.1 sick-proxy\)/,
  ],
  [
    "strips request headers",
    {
      inward: (incoming) => {
        for (const name of ["producer-id", "producer-epoch", "producer-seq"]) delete incoming.headers[name];
        return false;
      },
    },
    /BAD +request headers +Producer-\* headers do not reach the server/,
  ],
  [
    "caches what it must not",
    {
      inward: (incoming, response) => {
        const hit = cached.get(`${incoming.method} ${incoming.url}`);
        if (hit !== undefined) response.writeHead(hit.status, hit.headers).end(hit.body);
        return hit !== undefined;
      },
      outward: (incoming, answer, response) => {
        if (incoming.method !== "GET" || incoming.url?.includes("live")) return false;
        const held: Buffer[] = [];
        answer.on("data", (piece: Buffer) => held.push(piece));
        answer.on("end", () => {
          const { statusCode: status = 0, headers } = answer;
          const body = Buffer.concat(held);
          cached.set(`${incoming.method} ${incoming.url}`, { status, headers, body });
          response.writeHead(status, headers).end(body);
        });
        return true;
      },
    },
    /BAD +caching +GET offset=now still shows what was before an append/,
  ],
  [
    "limits bodies",
    {
      inward: (incoming, response) => {
        const isLarge = Number(incoming.headers["content-length"] ?? 0) > 1e6;
        if (isLarge) incoming.resume().on("end", () => response.writeHead(413).end());
        return isLarge;
      },
    },
    /BAD +large bodies +an append of 2 MiB is answered with 413 .*\n.*\n +raise the proxy's limit/,
  ],
  [
    "lets no PUT pass",
    {
      inward: (incoming, response) => {
        if (incoming.method === "PUT") response.writeHead(405).end();
        return incoming.method === "PUT";
      },
    },
    /BAD +create, append, read, delete +a stream cannot be created: PUT answered 405/,
  ],
];

describe("it finds out that a hop", () => {
  it.concurrent.each(ILLNESSES)("%s", async (_name, illness, complaint) => {
    const url = await proxy(illness);
    const { code, stdout, stderr } = await examine(url, server.baseUrl);
    expect(code).toBe(1);
    expect(stdout).toMatch(complaint);
    expect(stdout).toContain(`It arises between ${url} and ${server.baseUrl}.`);
    expect(stderr).toMatch(/^\d of \d checks failed\n$/);
  });
});
