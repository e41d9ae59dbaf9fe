import { expect, test } from "vitest";
import { parseStreamPath } from "./path.ts";

test.each([
  ["/v1/stream/a", "/v1/stream/a"],
  ["/v1/stream/events/a.b_c~d-1", "/v1/stream/events/a.b_c~d-1"],
  ["/v1/stream/%61%7Eb", "/v1/stream/a~b"],
  ["/v1/stream/a%2fb", "/v1/stream/a%2Fb"],
  ["/v1/stream/caf%c3%a9", "/v1/stream/caf%C3%A9"],
  ["/v1/stream/a%3Ab@c", "/v1/stream/a:b@c"],
  ["/v1/stream/.hidden/...", "/v1/stream/.hidden/..."],
  ["/v1/stream/__ds2", "/v1/stream/__ds2"],
  ["/v1/stream/a/__ds", "/v1/stream/a/__ds"],
])("%s names the stream %s", (raw, path) => {
  expect(parseStreamPath(raw)).toBe(path);
});

test.each([
  ["/", "not_stream"],
  ["/v1/streams/a", "not_stream"],
  ["/v1/stream", "empty_name"],
  ["/v1/stream/", "empty_name"],
  ["/v1/stream/a//b", "empty_name"],
  ["/v1/stream/a/", "empty_name"],
  ["/v1/stream/__ds", "control"],
  ["/v1/stream/__ds/subscriptions/x", "control"],
  ["/v1/stream/%5f_ds//", "control"],
  ["/v1/stream/a/../b", "dot_segment"],
  ["/v1/stream/.", "dot_segment"],
  ["/v1/stream/a/%2e%2E", "dot_segment"],
  ["/v1/stream/%", "bad_encoding"],
  ["/v1/stream/%g0", "bad_encoding"],
  ["/v1/stream/%ff", "bad_encoding"],
  ["/v1/stream/%ed%a0%80", "bad_encoding"],
  ["/v1/stream/a%00", "nul"],
  ["/v1/stream/a%0a", "invalid"],
  ["/v1/stream/a b", "invalid"],
  ["/v1/stream/a\\b", "invalid"],
  ["/v1/stream/é", "invalid"],
  [`/v1/stream/${"a".repeat(1024)}`, "too_long"],
  [`/v1/stream/${"%61".repeat(1024)}`, "too_long"],
])("%s is refused as %s", (raw, code) => {
  expect(parseStreamPath(raw)).toMatchObject({ code });
});
