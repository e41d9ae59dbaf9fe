import { expect, test } from "vitest";
import { requestOf } from "../../../tests/support/request.ts";
import { asset } from "./asset.ts";

const FILE = {
  ...{ path: "/", contentType: "text/html", etag: '"e"', immutable: false },
  ...{ body: Buffer.from("plain"), gzip: Buffer.from("packed") },
};

/** RFC 9110, 12.5.3. */
test.each([
  ["gzip", "packed"],
  ["x-gzip", "packed"],
  ["GZip ; Q=1", "packed"],
  ["br, gzip;q=0.5", "packed"],
  ["gzip;q=0.001", "packed"],
  ["gzip;q=0", "plain"],
  ["gzip;q=0.000, br", "plain"],
  ["br", "plain"],
  ["gzipped", "plain"],
  ["", "plain"],
  // Neither asks for it by name: what is sent is always allowed.
  ["*", "plain"],
  ["identity;q=0", "plain"],
])("who accepts %j gets the %s form, under a tag of its own", (accepted, form) => {
  const reply = asset(requestOf("GET", "/", { headers: { "Accept-Encoding": accepted } }), FILE);
  expect(String(reply.body)).toBe(form);
  expect(reply.headers.includes("Content-Encoding")).toBe(form === "packed");
  expect(reply.headers[1]).toBe(form === "packed" ? '"e-gzip"' : '"e"');
});
