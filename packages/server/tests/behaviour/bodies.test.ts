/** What bodies in either direction may cost, whatever the client does with them. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test } from "vitest";
import { DOORS, fastLane, nodeDoor, type OpenDoor } from "../doors/doors.ts";
import { BINARY, Http, TEXT } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { serverSockets } from "../support/server-sockets.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const MIB = 1024 * 1024;

/** Bytes that this process holds on to. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe.each(DOORS)("bodies, through $name:", (door) => {
  let open: OpenDoor;
  let http: Http;
  const raws: RawSocket[] = [];

  async function start(options: Parameters<typeof door.open>[0] = {}): Promise<void> {
    open = await door.open(options);
    http = new Http(open.url);
    await http.put("s", { headers: BINARY });
  }

  async function connect(): Promise<RawSocket> {
    const raw = await RawSocket.open(open.url);
    raws.push(raw);
    return raw;
  }

  afterEach(async () => {
    for (const raw of raws.splice(0)) raw.destroy();
    await open.close();
  });

  test("tiny pieces are held as the bytes that they are, not as many things", async () => {
    await start();
    const raw = await connect();
    const pieces = 300_000;
    const before = heldBytes();
    raw.write("POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n");
    raw.write("Transfer-Encoding: chunked\r\n\r\n");
    for (let sent = 0; sent < pieces; sent += 1000) raw.write("1\r\nx\r\n".repeat(1000));
    await expect.poll(() => open.server.metrics().heldBodyBytes, { timeout: 20_000 }).toBe(pieces);
    expect(heldBytes() - before).toBeLessThan(10 * MIB);
    raw.write("0\r\n\r\n");
    expect((await raw.answer()).status).toBe(204);
    expect((await http.get("s")).bytes).toHaveLength(pieces);
    expect(open.server.metrics().heldBodyBytes).toBe(0);
  });

  test("one that is announced and does not come takes nobody's room", async () => {
    await start({ bodyBudgetBytes: 2 * MIB });
    for (let count = 0; count < 8; count++) {
      const raw = await connect();
      raw.write(
        "POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n",
      );
      raw.write(`Content-Length: ${MIB}\r\n\r\n`);
      raw.write("x");
    }
    // With the bridge in between, pieces come as they like.
    await expect.poll(() => open.server.metrics().heldBodyBytes).toBe(8);
    expect((await http.post("s", { headers: BINARY, body: Buffer.alloc(MIB) })).status).toBe(204);
  });

  test("a subscriber that takes nothing is cut off when its response has ended, too", async () => {
    await start({ stalledReaderMs: 300, liveBufferBytes: 16 * MIB });
    const raw = await connect();
    raw.write("GET /v1/stream/s?offset=now&live=sse HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await raw.until((received) => received.includes("event: control"));
    raw.socket.pause();
    const stuck = () => serverSockets(open.url).filter((socket) => socket.writableLength > 0);
    const append = () => http.post("s", { headers: BINARY, body: Buffer.alloc(100_000) });
    while (stuck().length === 0) await append();
    // What stands before the fetch door takes some, too.
    for (let count = 0; count < 5; count++) await append();
    await http.delete("s");
    expect(open.server.metrics().liveReaders).toBe(0);
    await expect.poll(() => stuck().length, { timeout: 5000 }).toBe(0);
  });
});

describe.each([nodeDoor, fastLane])("a body that the budget refuses half-way, through $name,", (door) => {
  test("gets its answer at once, and the connection goes on behind it", async () => {
    const open = await door.open({ bodyBudgetBytes: MIB });
    const http = new Http(open.url);
    await http.put("s", { headers: TEXT });
    const first = await RawSocket.open(open.url);
    const second = await RawSocket.open(open.url);
    const head = `POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: ${MIB - 1}\r\n\r\n`;
    const half = "x".repeat(MIB / 2);
    for (const raw of [first, second]) raw.write(head);
    first.write(half);
    await expect.poll(() => open.server.metrics().heldBodyBytes).toBe(MIB / 2);
    second.write(`${half}y`);
    expect((await second.answer()).status).toBe(503);
    expect(open.server.metrics().heldBodyBytes).toBe(MIB / 2);
    second.received = "";
    second.write(`${"x".repeat(MIB / 2 - 2)}HEAD /v1/stream/s HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await second.until((received) => received.endsWith("\r\n\r\n"));
    expect(second.received).toMatch(/^HTTP\/1\.1 200 /);
    first.write("z".repeat(MIB / 2 - 1));
    expect((await first.answer()).status).toBe(204);
    expect(open.server.metrics().heldBodyBytes).toBe(0);
    for (const raw of [first, second]) raw.destroy();
    await open.close();
  });
});
