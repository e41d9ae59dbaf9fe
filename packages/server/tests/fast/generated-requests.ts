/**
 * Requests for the differential test: valid ones, and mutations of them with the tricks of the request smuggling
 * literature. Latin-1 text, one character a byte.
 */
import type { Random } from "@perennial/testing";

const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "get",
  "PO ST",
  "CONNECT",
  "TRACE",
  "",
];
const TARGETS = [
  "/v1/stream/a",
  "/v1/stream/a?offset=-1",
  "/v1/stream/b?offset=now",
  "/v1/stream/b/c",
  "/v1/stream/a%2Fb",
  "/v1/stream/x/../a",
  "/health",
  "/",
  "*",
  "http://other/v1/stream/a",
  "/v1/stream/a b",
  "/v1/stream/a#fragment",
  "/v1/stream/\xff",
  "/v1/stream/a?offset=0000000000000000_0000000000000001",
];
const VERSIONS = ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", "HTTP/1", ""];
const PLAIN_HEADERS = [
  "Content-Type: text/plain",
  "content-type: application/json",
  "Stream-Closed: true",
  "Stream-TTL: 60",
  "Stream-Max-Bytes: 100",
  "Producer-Id: p",
  "Accept: */*",
  "User-Agent: test",
  "If-None-Match: *",
  "X-Empty:",
  "X-Spaces:  two ",
  "Connection: keep-alive",
];
const ODD_HEADERS = [
  "Content-Length: 3",
  "Content-Length: +3",
  "Content-Length: -1",
  "Content-Length: 3, 3",
  "Content-Length: 0x3",
  "Content-Length: 3 3",
  "Content-Length:",
  "Content-Length : 3",
  "Content-Length: 99999999999999999999",
  "Content-Length: 03",
  "Content\x00-Length: 3",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: gzip",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding:\tchunked",
  "Transfer-Encoding : chunked",
  "transfer-encoding: xchunked",
  "Transfer-Encoding: chunked\x0b",
  "Host: second",
  "Host: a b",
  "Host:",
  "Host: a,b",
  "Host: a:b",
  "Host: [::1]:80",
  "Host: [::1",
  "Content-Encoding: gzip",
  "Content-Encoding: identity",
  "Last-Event-ID: 0000000000000000_0000000000000000",
  `Stream-Seq: ${"9".repeat(300)}`,
  "Connection: close",
  "Connection: upgrade",
  "Connection: keep-alive, close",
  "Proxy-Connection: close",
  "Upgrade: websocket",
  "Expect: 100-continue",
  "Expect: nothing",
  "Trailer: X",
  "TE: trailers",
  " Folded: value",
  "\tFolded: value",
  "No-Colon",
  ": empty",
  "Bad Name: x",
  "Bad\x7fName: x",
  "X-Nul: a\x00b",
  "X-High: \xe9",
  "X-Cr: a\rb",
  "X-Lf: a\nb",
  "X-Tab: a\tb",
  `X-Long: ${"y".repeat(9000)}`,
];
const BODIES = [
  "",
  "abc",
  '{"a":1}',
  "3\r\nabc\r\n0\r\n\r\n",
  "0\r\n\r\n",
  "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
];
const ENDINGS = ["\n", "\r", "\r\r\n", "\n\r"];

/**
 * One or a few requests to be sent on one connection. Each has streams of its own: pipelined requests are carried out
 * at once, and what one sees of another is nobody's promise.
 */
export function generateBytes(random: Random): string {
  let bytes = "";
  let count = 0;
  do {
    count += 1;
    bytes += generateRequest(random).replaceAll("/v1/stream/", `/v1/stream/${count}`);
  } while (random.chance(0.25));
  if (random.chance(0.1)) bytes = bytes.slice(0, random.below(bytes.length + 1));
  return random.chance(0.1) ? mutate(random, bytes) : bytes;
}

function generateRequest(random: Random): string {
  const odd = random.chance(0.5);
  const method = random.pick(METHODS.slice(0, odd ? METHODS.length : 5));
  const target = random.pick(TARGETS.slice(0, odd ? TARGETS.length : 8));
  const version = odd && random.chance(0.2) ? random.pick(VERSIONS) : "HTTP/1.1";
  const body = method === "POST" || method === "PUT" || odd ? random.pick(BODIES) : "";
  const headers = odd && random.chance(0.1) ? [] : ["Host: localhost"];
  while (random.chance(0.6)) headers.push(random.pick(PLAIN_HEADERS));
  if (body !== "" && random.chance(0.9)) headers.push(`Content-Length: ${body.length}`);
  while (odd && random.chance(0.5))
    headers.splice(random.below(headers.length + 1), 0, random.pick(ODD_HEADERS));
  const end = (): string => (odd && random.chance(0.05) ? random.pick(ENDINGS) : "\r\n");
  const lines = [`${method} ${target} ${version}`, ...headers].map((line) => line + end());
  return `${lines.join("")}${end()}${body}`;
}

/** Changes, removes or inserts one byte. */
function mutate(random: Random, bytes: string): string {
  const at = random.below(bytes.length + 1);
  const byte = String.fromCharCode(random.below(256));
  return (
    bytes.slice(0, at) + (random.chance(0.5) ? byte : "") + bytes.slice(at + (random.chance(0.5) ? 1 : 0))
  );
}

/** Where to cut the bytes into separate packets: nowhere, at one place, or everywhere. */
export function generateCuts(random: Random, length: number): readonly number[] {
  if (length < 2 || random.chance(0.6)) return [];
  if (length < 300 && random.chance(0.1)) return Array.from({ length: length - 1 }, (_, index) => index + 1);
  return [1 + random.below(length - 1)];
}
