import { expect, test } from "vitest";
import { isHost } from "./host.ts";

test.each(["a", "localhost:4437", "a_b.example", "10.0.0.1:80", "[::1]", "[2001:db8::1]:65535", "x:", "x:0"])(
  "%s is a host",
  (text) => {
    expect(isHost(text)).toBe(true);
  },
);

test.each([
  ...["", " ", "a b", "a,b", "a, a", "a/b", "http://a", "user@a", "a?b", "a#b", "a\\b", "<a>", "é", "a\r\nb"],
  ...[":80", "a:b", "a:1:2", "a:65536", "a:99999", "a:-1", "[]", "[:::]", "[1]", "[::1", "::1", "[::1]x"],
])("%j is none", (text) => {
  expect(isHost(text)).toBe(false);
});
