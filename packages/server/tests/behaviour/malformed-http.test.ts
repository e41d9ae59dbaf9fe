/** What no HTTP library would send, on the doors that listen themselves. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fastLane, nodeDoor, type OpenDoor } from "../doors/doors.ts";
import { Http, TEXT } from "../support/http.ts";
import { RawSocket, rawRequest } from "../support/raw-socket.ts";

const BODY_BYTES = 1_000_000;

describe.each([nodeDoor, fastLane])("odd and malformed HTTP, through $name", (door) => {
  let open: OpenDoor;

  beforeAll(async () => {
    open = await door.open({
      headerTimeoutMs: 150,
      headerBytes: 4096,
      bodyBytes: BODY_BYTES,
      longPollTimeoutMs: 300,
    });
    await new Http(open.url).put("s", { headers: TEXT, body: "text" });
  });

  afterAll(() => open.close());

  /** Expects an answer with a problem body and all the headers that every answer has. */
  async function expectRefused(text: string, status: number, code: string): Promise<string> {
    const { head, body, status: actual } = await rawRequest(open.url, text);
    expect(actual, head).toBe(status);
    expect(head).toMatch(/^content-type: application\/problem\+json$/im);
    expect(head).toMatch(/^x-content-type-options: nosniff$/im);
    expect(head).toMatch(/^vary: origin$/im);
    expect(JSON.parse(body)).toMatchObject({ status, code });
    return head;
  }

  test.each([
    ["bytes that are no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n"],
    ["a header without a colon", "GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nbroken\r\n\r\n"],
    ["a blank before the colon", "GET /v1/stream/s HTTP/1.1\r\nHost : x\r\n\r\n"],
    ["a blank in the target", "GET /v1/stream/a b HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    [
      "two lengths",
      "POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
    [
      "a length that is no number",
      "POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x1\r\n\r\na",
    ],
    [
      "length and chunks at once",
      "POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
  ])("%s is answered 400", async (_, text) => {
    await expectRefused(text, 400, "malformed_request");
  });

  test("HTTP/1.1 without Host is answered 400, by name", async () => {
    const text = "GET /v1/stream/s HTTP/1.1\r\nAccept: */*\r\n\r\n";
    await expectRefused(text, 400, "bad_header");
  });

  test.each([
    ["two Host lines", "Host: a\r\nHost: b"],
    ["two Host lines that are equal", "Host: a\r\nHost: a"],
    ["an empty Host", "Host:"],
    ["a Host with a path", "Host: a/b"],
    ["a Host with a port that is none", "Host: a:b"],
    ["a Host that would close a tag", 'Host: a"><b'],
    ["two hosts in one line", "Host: a, b"],
  ])("%s is answered 400, and never gets into a Location", async (_, lines) => {
    const put = "PUT /v1/stream/hosted HTTP/1.1\r\nContent-Type: text/plain\r\n";
    const head = await expectRefused(`${put}${lines}\r\n\r\n`, 400, "bad_header");
    expect(head).not.toMatch(/^location:/im);
    const old = await rawRequest(open.url, `${put.replace("1.1", "1.0")}${lines}\r\n\r\n`);
    expect(old.status).toBe(400);
    expect((await new Http(open.url).head("hosted")).status).toBe(404);
  });

  test.each(["gzip, chunked", "x, chunked", "gzip\r\nTransfer-Encoding: chunked"])(
    "501: a body with the transfer coding %j, of which nothing is stored",
    async (coding) => {
      const head = `POST /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n`;
      const text = `${head}Transfer-Encoding: ${coding}\r\n\r\n1\r\nx\r\n0\r\n\r\n`;
      await expectRefused(text, 501, "transfer_coding");
      expect((await new Http(open.url).get("s")).text).toBe("text");
    },
  );

  test.each(["TRACE", "LINK", "PROPFIND", "CONNECT", "BREW"])(
    "%s is answered 405 with Allow",
    async (method) => {
      const target = method === "CONNECT" ? "localhost:80" : "/v1/stream/s";
      const head = await expectRefused(
        `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
        405,
        "method_not_allowed",
      );
      expect(head).toMatch(/^allow: GET, HEAD, POST, PUT, DELETE, OPTIONS$/im);
    },
  );

  test("431: a header block that is too large", async () => {
    await expectRefused(
      `GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(5000)}\r\n\r\n`,
      431,
      "headers_too_large",
    );
  });

  test("408: a header block that does not arrive in time", async () => {
    await expectRefused("GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\n", 408, "request_timeout");
  });

  test("417: an expectation that nobody knows", async () => {
    await expectRefused(
      "GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n",
      417,
      "expectation_failed",
    );
  });

  test("100-continue is answered before the body is sent", async () => {
    const raw = await RawSocket.open(open.url);
    raw.write("PUT /v1/stream/continued HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n");
    raw.write("Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    await raw.until((received) => received.startsWith("HTTP/1.1 100 Continue\r\n\r\n"));
    raw.write("ok");
    await raw.until((received) => received.includes("HTTP/1.1 201 "));
    raw.destroy();
  });

  test("who asks before sending more than a body may have is refused at once", async () => {
    const ask = (length: number, path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n` +
      `Expect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
    const head = await expectRefused(ask(BODY_BYTES + 1, "/v1/stream/s"), 413, "body_too_large");
    expect(head).toMatch(/^connection: close$/im);
    await expectRefused(ask(BODY_BYTES + 1, "/nowhere"), 404, "no_such_resource");
    // One that does not wait for the answer gets it all the same.
    const raw = await RawSocket.open(open.url);
    raw.write(ask(BODY_BYTES + 1, "/v1/stream/s") + "x".repeat(BODY_BYTES + 1));
    expect((await raw.answer()).status).toBe(413);
    await raw.closed();
    expect((await new Http(open.url).get("s")).text).toBe("text");
  });

  test("the absolute form of a target is understood (RFC 9112, 3.2.2)", async () => {
    const { status, body } = await rawRequest(
      open.url,
      "GET http://localhost/v1/stream/s?offset=-1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    expect([status, body]).toEqual([200, "text"]);
  });

  test("HTTP/1.0 is served and the connection closed", async () => {
    const raw = await RawSocket.open(open.url);
    raw.write("GET /v1/stream/s HTTP/1.0\r\n\r\n");
    await raw.closed();
    expect(raw.received).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\ntext$/s);
  });

  test("an offered upgrade is declined by serving the request", async () => {
    const text =
      "GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    expect(await rawRequest(open.url, text)).toMatchObject({ status: 200, body: "text" });
  });

  test("pipelined requests are answered in order, plain or odd", async () => {
    const raw = await RawSocket.open(open.url);
    const read = "GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const odd = "GET /v1/stream/none HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\n\r\n";
    raw.write(read + read + odd + read);
    await raw.until((received) => (received.match(/HTTP\/1\.1 /g) ?? []).length === 4);
    expect([...raw.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual([
      "200",
      "200",
      "404",
      "200",
    ]);
    raw.destroy();
  });

  test("events that wait behind another answer keep their order and their chunks", async () => {
    const http = new Http(open.url);
    await http.put("behind", { headers: TEXT });
    const raw = await RawSocket.open(open.url);
    raw.write(
      "GET /v1/stream/s?offset=now&live=long-poll HTTP/1.1\r\nHost: localhost\r\n\r\n" +
        "GET /v1/stream/behind?offset=-1&live=sse HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    await expect.poll(() => open.server.metrics().liveReaders).toBe(2);
    await http.post("behind", { headers: TEXT, body: "early" });
    await raw.until((received) => received.includes("early"));
    await http.post("behind", { headers: TEXT, body: "late" });
    await http.post("behind", { headers: { ...TEXT, "Stream-Closed": "true" } });
    await raw.until((received) => received.endsWith("0\r\n\r\n"));
    const [, waited, events] = raw.received.split(/^HTTP\/1\.1 /m);
    expect(waited).toMatch(/^204 /);
    const text = joinChunks(events!.slice(events!.indexOf("\r\n\r\n") + 4));
    expect(text.match(/data:(early|late)|"streamClosed":true/g)).toEqual([
      "data:early",
      "data:late",
      '"streamClosed":true',
    ]);
    raw.destroy();
  });

  test("events go to a client of HTTP/1.0 without chunks", async () => {
    const http = new Http(open.url);
    await http.put("old", { headers: TEXT, body: "one" });
    const raw = await RawSocket.open(open.url);
    raw.write("GET /v1/stream/old?offset=-1&live=sse HTTP/1.0\r\n\r\n");
    await raw.until((received) => received.includes("data:one"));
    await http.post("old", { headers: { ...TEXT, "Stream-Closed": "true" }, body: "two" });
    await raw.closed();
    const body = raw.received.slice(raw.received.indexOf("\r\n\r\n") + 4);
    expect(body).toMatch(/^(id:.*\n)?event: ?data\n/);
    expect(body.match(/data:(one|two)/g)).toEqual(["data:one", "data:two"]);
  });

  test("a request that waits is answered before what comes after it is refused", async () => {
    const raw = await RawSocket.open(open.url);
    raw.write("GET /v1/stream/s?offset=now&live=long-poll HTTP/1.1\r\nHost: localhost\r\n\r\n");
    raw.write("nonsense\r\n\r\n");
    await raw.closed();
    expect([...raw.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(["204", "400"]);
    expect(open.server.metrics().liveReaders).toBe(0);
  });
});

/** The content of a chunked body that has ended. */
function joinChunks(body: string): string {
  let content = "";
  for (let at = 0; ; ) {
    const size = /^([0-9a-f]+)\r\n/.exec(body.slice(at))!;
    const from = at + size[0].length;
    const length = Number.parseInt(size[1]!, 16);
    expect(body.slice(from + length, from + length + 2)).toBe("\r\n");
    if (length === 0) return content;
    content += body.slice(from, from + length);
    at = from + length + 2;
  }
}
