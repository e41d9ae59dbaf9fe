import fc from "fast-check";
import { expect, test } from "vitest";
import { ResponseReader } from "./response-reader.ts";

const stream = [
  "HTTP/1.1 204 No Content\r\nStream-Next-Offset: 1\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwor\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
  "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
].join("");

function read(parts: readonly string[]) {
  const seen = { statuses: [] as number[], bodies: "", heads: 0 };
  const reader = new ResponseReader({
    head: () => {
      seen.heads++;
    },
    body: (bytes) => {
      seen.bodies += bytes.toString("latin1");
    },
    complete: (status) => {
      seen.statuses.push(status);
      seen.bodies += "|";
    },
  });
  for (const part of parts) reader.push(Buffer.from(part, "latin1"));
  return seen;
}

test("reads responses with and without bodies, with lengths and in chunks", () => {
  const seen = read([stream]);
  expect(seen.statuses).toEqual([204, 200, 404, 200, 304, 201]);
  expect(seen.bodies).toBe("|hello||wor\r\n0123456789||ok|");
  expect(seen.heads).toBe(6);
});

test("sees the same however the bytes are cut into packets", () => {
  const cuts = fc.array(fc.nat(stream.length), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (positions) => {
      const edges = [0, ...positions.sort((a, b) => a - b), stream.length];
      const parts = edges.slice(1).map((end, index) => stream.slice(edges[index], end));
      expect(read(parts)).toEqual(read([stream]));
    }),
  );
});
