/** A subscriber that does not read costs a bounded number of bytes (protocol §14.5, rule 9). */
import type { ServerOptions } from "@perennial/server";
import { afterEach, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";
import { BINARY, Http } from "../support/http.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { serverSockets } from "../support/server-sockets.ts";

const PIECE = 100_000;
const PIECES = 120;
const LIMIT = 65_536;

/** Joins the payloads of an SSE response in base64, given as it came over the wire, in chunks. */
function decodeBase64Events(received: string): Buffer {
  const body = received.slice(received.indexOf("\r\n\r\n") + 4);
  let text = "";
  for (let at = 0; at < body.length; ) {
    const lineEnd = body.indexOf("\r\n", at);
    const length = Number.parseInt(body.slice(at, lineEnd), 16);
    if (lineEnd < 0 || Number.isNaN(length)) break;
    text += body.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 2 + length + 2;
  }
  const payloads = [...text.matchAll(/event: data\ndata:([A-Za-z0-9+/=]*)\n/g)].map((match) => match[1]!);
  return Buffer.concat(payloads.map((payload) => Buffer.from(payload, "base64")));
}

describe.each(DOORS)("a subscriber that does not read, through $name,", (door) => {
  let open: OpenDoor;
  let http: Http;

  async function start(options: ServerOptions = {}): Promise<void> {
    open = await door.open({ liveBufferBytes: LIMIT, ...options });
    http = new Http(open.url);
  }

  afterEach(() => open.close());

  async function tail(name: string): Promise<RawSocket> {
    const raw = await RawSocket.open(open.url);
    raw.write(`GET ${http.path(name)}?offset=now&live=sse HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await raw.until((received) => received.includes("event: control"));
    return raw;
  }

  const buffered = () => Math.max(...serverSockets(open.url).map((socket) => socket.writableLength));

  test("is not pushed to beyond its limit and one event, reads on from the log, and misses nothing", async () => {
    await start();
    await http.put("slow", { headers: BINARY });
    const raw = await tail("slow");
    raw.socket.pause();
    const sent: Buffer[] = [];
    let most = 0;
    for (let piece = 0; piece < PIECES; piece++) {
      const body = Buffer.alloc(PIECE, piece);
      sent.push(body);
      expect((await http.post("slow", { headers: BINARY, body })).status).toBe(204);
      most = Math.max(most, buffered());
    }
    const frame = Math.ceil(262_144 / 3) * 4 + 1000;
    expect(most).toBeLessThanOrEqual(LIMIT + frame + 65_536);
    raw.socket.resume();
    const whole = Buffer.concat(sent);
    const base64Length = Math.ceil(whole.length / 3) * 4;
    await raw.until(
      (received) => received.length >= base64Length && decodeBase64Events(received).length >= whole.length,
    );
    expect(decodeBase64Events(raw.received).equals(whole)).toBe(true);
    raw.destroy();
  });

  test("is dropped once it has taken nothing for the stall timeout, and its connection with it", async () => {
    await start({ stalledReaderMs: 300 });
    await http.put("stalled", { headers: BINARY });
    const raw = await tail("stalled");
    raw.socket.pause();
    while (open.server.metrics().liveReaders > 0) {
      await http.post("stalled", { headers: BINARY, body: Buffer.alloc(PIECE) });
    }
    await expect
      .poll(() => serverSockets(open.url).filter((socket) => socket.writableLength > 0))
      .toEqual([]);
    raw.destroy();
  });
});
