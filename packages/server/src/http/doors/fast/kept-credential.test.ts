import { expect, test } from "vitest";
import { KeptCredential } from "./kept-credential.ts";
import { readHead } from "./request-shape.ts";

/** The header lines of each request of a connection, as they are read one after the other. */
function readAll(...heads: readonly (readonly string[])[]): (readonly string[] | undefined)[] {
  const kept = new KeptCredential();
  return heads.map((lines) => {
    const bytes = Buffer.from(["GET /v1/stream/a HTTP/1.1", ...lines, "", ""].join("\r\n"), "latin1");
    return readHead(bytes, 65_536, kept)?.rawHeaders;
  });
}

const HOST = "Host: localhost";

test("a credential that comes again is read as if it came first", () => {
  const lines = [HOST, "Authorization: Bearer x.y.z", "Accept: */*"];
  const expected = ["Host", "localhost", "Authorization", "Bearer x.y.z", "Accept", "*/*"];
  expect(readAll(lines, lines, lines)).toEqual([expected, expected, expected]);
});

test("another one counts from the request on that has it, and none where there is none", () => {
  const [, second, third, fourth] = readAll(
    [HOST, "Authorization: Bearer x.y.z"],
    [HOST, "Authorization: Bearer x.y.Z"],
    [HOST],
    ["authorization: Bearer x.y.Z", HOST],
  );
  expect(second).toContain("Bearer x.y.Z");
  expect(third).toEqual(["Host", "localhost"]);
  expect(fourth).toEqual(["authorization", "Bearer x.y.Z", "Host", "localhost"]);
});

test("lines are counted whether they are compared or read", () => {
  const line = "Authorization: Bearer x.y.z";
  const [first, second] = readAll([HOST, line], [HOST, ...Array(100).fill(line)]);
  expect(first).toHaveLength(4);
  expect(second).toBeUndefined();
});
