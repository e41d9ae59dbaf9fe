/**
 * The same requests to the reference server and to ours: where statuses differ is known, and said in docs/migrating.md. A
 * difference that is not listed here fails, and so does one that is gone.
 */
import { request } from "node:http";
import { DurableStreamTestServer } from "@durable-streams/server";
import { createServer, type DurableStreamsServer } from "@perennial/server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const TEXT = { "Content-Type": "text/plain" };
const JSON_TYPE = { "Content-Type": "application/json" };
const AT = (position: number): string => `0000000000000000_${String(position).padStart(16, "0")}`;
const producer = (epoch: number | string, seq: number, id = "p") => ({
  ...{ ...TEXT, "Producer-Id": id, "Producer-Epoch": String(epoch), "Producer-Seq": String(seq) },
});

/** What is sent, and the statuses: of both, or of the reference and of ours. */
type Row = readonly [
  method: string,
  path: string,
  status: number | readonly [reference: number, ours: number],
  headers?: Readonly<Record<string, string>>,
  body?: string,
];

/** In this order: later ones count on what earlier ones made. */
const ROWS: readonly Row[] = [
  ["PUT", "a", 201, TEXT],
  ["PUT", "a", 200, TEXT],
  ["PUT", "a", 409, JSON_TYPE],
  ["PUT", "no-type", 201],
  ["PUT", "bad-type", 201, { "Content-Type": "nonsense" }],
  ["PUT", "b", 201, TEXT, "hello"],
  ["PUT", "j", 201, JSON_TYPE, "[1,2]"],
  ["PUT", "empty-array", 201, JSON_TYPE, "[]"],
  ["PUT", "bad-json", 400, JSON_TYPE, "{"],
  ["PUT", "/elsewhere", [201, 404], TEXT],
  ["PUT", "a/", [201, 400], TEXT],
  ["PUT", "a//b", [201, 400], TEXT],
  ["PUT", "", [201, 400], TEXT],
  ["PUT", "x%2Fy", 201, TEXT],
  ["HEAD", "x/y", 404],
  ["PUT", "a%00b", [201, 400], TEXT],
  ["PUT", "a%ff", [201, 400], TEXT],
  ["PUT", "caf%c3%a9", 201, TEXT],
  ["HEAD", "caf%C3%A9", [404, 200]],
  ["PUT", "x".repeat(1500), [201, 414], TEXT],
  ["PUT", "ttl-0", [500, 201], { ...TEXT, "Stream-TTL": "0" }],
  ["PUT", "ttl-minus", 400, { ...TEXT, "Stream-TTL": "-1" }],
  ["PUT", "ttl-part", 400, { ...TEXT, "Stream-TTL": "1.5" }],
  ["PUT", "ttl-long", [201, 400], { ...TEXT, "Stream-TTL": "99999999999" }],
  ["PUT", "two", 400, { ...TEXT, "Stream-TTL": "60", "Stream-Expires-At": "2090-01-01T00:00:00Z" }],
  ["PUT", "no-date", 400, { ...TEXT, "Stream-Expires-At": "tomorrow" }],
  ["PUT", "date", [201, 400], { ...TEXT, "Stream-Expires-At": "2090-01-01" }],
  ["PUT", "past", [500, 201], { ...TEXT, "Stream-Expires-At": "2000-01-01T00:00:00Z" }],
  ["PUT", "gzip", [201, 415], { ...TEXT, "Content-Encoding": "gzip" }, "x"],
  ["PUT", "closed", 201, { ...TEXT, "Stream-Closed": "true" }, "end"],
  ["POST", "a", 204, TEXT, "one"],
  ["POST", "none", 404, TEXT, "one"],
  ["POST", "a", 400, TEXT, ""],
  ["POST", "none", 400, TEXT, ""],
  ["POST", "a", 400, {}, "one"],
  ["POST", "a", 409, JSON_TYPE, "1"],
  ["POST", "a", 204, { "Content-Type": "TEXT/plain; charset=utf-8" }, "x"],
  ["POST", "a", [204, 415], { ...TEXT, "Content-Encoding": "gzip" }, "x"],
  ["POST", "a", 204, { ...TEXT, "Content-Encoding": "identity" }, "x"],
  ["POST", "a", [204, 501], { ...TEXT, "Transfer-Encoding": "gzip, chunked" }, "x"],
  ["POST", "j", 400, JSON_TYPE, "[]"],
  ["POST", "j", 400, JSON_TYPE, "{"],
  ["POST", "j", [204, 400], JSON_TYPE, "\ufeff1"],
  ["POST", "a", 204, { ...TEXT, "Stream-Seq": "b" }, "x"],
  ["POST", "a", 409, { ...TEXT, "Stream-Seq": "a" }, "x"],
  ["POST", "a", [204, 400], { ...TEXT, "Stream-Seq": "z".repeat(300) }, "x"],
  ["POST", "a", 200, producer(0, 0), "x"],
  ["POST", "a", 204, producer(0, 0), "x"],
  ["POST", "a", 409, producer(0, 5), "x"],
  ["POST", "a", 400, producer(1, 3), "x"],
  ["POST", "a", 200, producer(1, 0), "x"],
  ["POST", "a", 403, producer(0, 1), "x"],
  ["POST", "a", 400, { ...TEXT, "Producer-Id": "p" }, "x"],
  ["POST", "a", 400, producer(0, 0, ""), "x"],
  ["POST", "a", 400, producer(-1, 0), "x"],
  ["POST", "a", [200, 400], producer(0, 0, "x".repeat(400)), "x"],
  ["POST", "no-type", 204, { "Stream-Closed": "true" }],
  ["POST", "closed", 409, TEXT, "x"],
  ["POST", "closed", 204, { "Stream-Closed": "true" }],
  ["POST", "closed", 409, { ...TEXT, "Stream-Closed": "true" }, "x"],
  ["GET", "b", 200],
  ["GET", "b?offset=-1", 200],
  ["GET", "b?offset=now", 200],
  ["GET", `b?offset=${AT(99)}`, 200],
  ["GET", "b?offset=0_5", [200, 400]],
  ["GET", "b?offset=abc", 400],
  ["GET", "b?offset=", 400],
  ["GET", "b?offset=-1&offset=-1", 400],
  ["GET", "b?offset=-1&live=maybe", [200, 400]],
  ["GET", "b?live=long-poll", 400],
  ["GET", "b?live=sse", 400],
  ["GET", "b?live=long-poll&offset=-1", 200],
  ["GET", "b?live=long-poll&offset=now", 204],
  ["GET", `b?live=long-poll&offset=${AT(99)}`, [200, 204]],
  ["GET", "closed?live=long-poll&offset=now", 204],
  ["GET", "closed?live=sse&offset=-1", 200],
  ["GET", "b", 200, { Range: "bytes=0-1" }],
  ["GET", "none", 404],
  ["HEAD", "b", 200],
  ["HEAD", "none", 404],
  ["OPTIONS", "b", 204],
  ["PATCH", "b", 405, TEXT, "x"],
  ["PUT", "fork", 201, { "Stream-Forked-From": "/v1/stream/b" }],
  ["PUT", "fork", [409, 200], { "Stream-Forked-From": "/v1/stream/b" }],
  ["PUT", "fork-2", 404, { "Stream-Forked-From": "/v1/stream/none" }],
  ["PUT", "fork-3", 400, { "Stream-Forked-From": "/v1/stream/b", "Stream-Fork-Offset": AT(99) }],
  ["PUT", "fork-4", [201, 400], { ...TEXT, "Stream-Fork-Offset": AT(2) }],
  ["PUT", "fork-5", 409, { ...JSON_TYPE, "Stream-Forked-From": "/v1/stream/b" }],
  ["PUT", "fork-6", [404, 400], { "Stream-Forked-From": "b" }],
  ["DELETE", "b", 204],
  ["GET", "b", 410],
  ["POST", "b", 410, TEXT, "x"],
  ["PUT", "b", 409, TEXT],
  ["DELETE", "b", 410],
  ["PUT", "fork-7", 409, { "Stream-Forked-From": "/v1/stream/b" }],
  ["DELETE", "a", 204],
  ["DELETE", "a", 404],
  ["GET", "/health", [404, 200]],
  ["GET", "__ds/jwks.json", 200],
];

let reference: DurableStreamTestServer;
let ours: DurableStreamsServer;

beforeAll(async () => {
  // It tells of its own failures there.
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  reference = new DurableStreamTestServer({ port: 0, longPollTimeout: 100 });
  ours = createServer({ port: 0, longPollTimeoutMs: 100, drainMs: 0 });
  await Promise.all([reference.start(), ours.start()]);
});
afterAll(async () => {
  await Promise.all([reference.stop(), ours.stop()]);
});

function statusOf(origin: string, [method, path, , headers = {}, body]: Row): Promise<number | undefined> {
  const target = path.startsWith("/") ? path : `/v1/stream/${path}`;
  const length =
    body === undefined || "Transfer-Encoding" in headers
      ? {}
      : { "Content-Length": String(Buffer.byteLength(body)) };
  const { hostname: host, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    // Of node:http, since fetch changes paths and refuses headers.
    const sent = request(
      { host, port, method, path: target, headers: { ...length, ...headers } },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode));
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

test("statuses differ from the reference's where the migration page says so, and nowhere else", async () => {
  const answered: unknown[] = [];
  for (const row of ROWS) {
    const both = [await statusOf(reference.url, row), await statusOf(ours.url, row)];
    answered.push([row[0], row[1].slice(0, 60), both[0] === both[1] ? both[0] : both]);
  }
  expect(answered).toEqual(ROWS.map(([method, path, status]) => [method, path.slice(0, 60), status]));
});
