/** A bucket that fails, from a seed, and servers that are none, or do not mean well. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { Random, Seeds } from "@perennial/testing";
import { S3Server } from "@perennial/testing/bucket";
import { afterEach, expect, test } from "vitest";
import { S3Bucket, type S3Options } from "../../src/bucket/s3/s3-bucket.ts";
import { locationIn } from "./location.ts";

const seeds = new Seeds(20);
const KEYS = { AWS_ACCESS_KEY_ID: "tester", AWS_SECRET_ACCESS_KEY: "never-told" };

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function startOurs(): Promise<{ server: S3Server; bucket: S3Bucket }> {
  const server = new S3Server("bucket");
  const environment = await server.start();
  endings.push(() => server.stop());
  return { server, bucket: open(environment, { attempts: 30, pauseMs: 1, pauseMsMax: 2 }) };
}

function open(environment: Record<string, string>, options: Partial<S3Options>): S3Bucket {
  const bucket = new S3Bucket(locationIn(environment), options);
  endings.push(() => bucket.close());
  return bucket;
}

/** A server of any kind; the bucket that takes it for one of S3. */
async function against(onSocket: (socket: Socket) => void, options: Partial<S3Options> = {}) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    onSocket(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const quick = { attempts: 2, pauseMs: 1, idleMs: 20_000, totalMs: 20_000, ...options };
  return open({ ...KEYS, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }, quick);
}

test(`through faults everything comes to pass, and once (${seeds})`, async () => {
  await seeds.play(async (seed) => {
    const random = new Random(seed);
    const { server, bucket } = await startOurs();
    server.faults = { random, probability: 0.3 };
    for (let count = 0; count < 20; count++) {
      const key = `key/${count}`;
      const bytes = Buffer.alloc(random.below(100_000), count);
      const put = await (random.chance(0.5) ? bucket.put(key, bytes) : bucket.putIfAbsent(key, bytes));
      // Whether it is one's own that is there already, only who put it can tell.
      expect(["stored", "taken"]).toContain(put.kind);
      const found = await bucket.get(key, { maxBytes: 100_000 });
      expect(found.kind === "found" && found.bytes.equals(bytes)).toBe(true);
      if (random.chance(0.3)) {
        expect(await bucket.delete(key)).toEqual({ kind: "deleted" });
        expect(server.objects.has(`bucket/${key}`)).toBe(false);
      }
    }
    const listed = await bucket.list("key/");
    expect(listed.kind === "listed" && listed.objects.length).toBe(server.objects.size);
  });
});

test("a service that goes on failing is asked as often as allowed, and is then unreachable", async () => {
  const closed = open({ ...KEYS, AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, { attempts: 2, pauseMs: 1 });
  expect(await closed.list("")).toMatchObject({ rejection: { reason: "unreachable" } });
  let asked = 0;
  const busy = await against(
    (socket) =>
      socket.on("data", () => {
        asked += 1;
        socket.write("HTTP/1.1 503 Slow\r\nContent-Length: 0\r\n\r\n");
      }),
    { attempts: 4 },
  );
  const outcome = await busy.delete("key");
  expect(outcome).toMatchObject({ rejection: { reason: "unreachable" } });
  expect(JSON.stringify(outcome)).toContain("keeps failing (503)");
  expect(asked).toBe(4);
});

test.each([
  ["says nothing", () => {}, { idleMs: 100 }, "nothing moved for 0.1 s"],
  [
    "drips for ever",
    (socket: Socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
      const timer = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(timer));
    },
    { totalMs: 300 },
    "no answer within 0.3 s",
  ],
  ["speaks something else", (socket: Socket) => void socket.end("220 mail\r\n"), {}, "Parse Error"],
])("a server that %s is given up", async (_what, onSocket, limits, message) => {
  const bucket = await against(onSocket, limits);
  const outcome = await bucket.get("key", { maxBytes: 1_000_000 });
  expect(outcome).toMatchObject({
    kind: "rejected",
    rejection: { reason: "unreachable", message: expect.stringContaining(message) },
  });
});

test("an answer without end is cut off where it is too long, and not asked for again", async () => {
  let sent = 0;
  let connections = 0;
  const bucket = await against((socket) => {
    connections += 1;
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const piece = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const more = () => {
      while (!socket.destroyed && socket.write(piece)) sent += piece.length;
    };
    socket.on("drain", more);
    more();
  });
  const outcome = await bucket.get("key", { maxBytes: 1_000_000 });
  expect(outcome).toMatchObject({ kind: "rejected", rejection: { reason: "unusable" } });
  expect(connections).toBe(1);
  expect(sent).toBeLessThan(30_000_000);
});

test("what a server says of itself is not repeated, but for its code", async () => {
  const body = "<Error><Code>Odd</Code><Message>never-told \u001b[31m</Message></Error>";
  const bucket = await against((socket) => {
    socket.end(`HTTP/1.1 418 T\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  });
  const outcome = await bucket.put("key", Buffer.alloc(1));
  expect(outcome).toMatchObject({ rejection: { reason: "unusable" } });
  expect(JSON.stringify(outcome)).toContain("418 Odd");
  expect(JSON.stringify(outcome)).not.toContain("never-told");
});

test("a bucket of another region is told from one that one may not use", async () => {
  const bucket = await against((socket) => {
    socket.end(
      "HTTP/1.1 301 Moved\r\nx-amz-bucket-region: eu-west-1\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n",
    );
  });
  expect(await bucket.list("")).toMatchObject({
    rejection: { reason: "denied", message: expect.stringContaining("set AWS_REGION to eu-west-1") },
  });
});
