import { wallOf, wallRefusal } from "@perennial/protocol";
import { expect, test } from "vitest";
import { parseConfig } from "../../config.ts";
import { rawHeader } from "../message/raw-headers.ts";

/** What a wall says to a request with these headers. */
function judged(options: Parameters<typeof parseConfig>[0], headers: Record<string, string>): string {
  const raw = Object.entries(headers).flat();
  const request = {
    method: "GET",
    target: "/",
    header: (name: string) => rawHeader(raw, name),
    origin: () => `http://${rawHeader(raw, "Host")}`,
    body: () => expect.unreachable(),
    onDisconnect: () => expect.unreachable(),
  };
  return wallRefusal(wallOf(parseConfig(options)), request)?.kind ?? "in";
}

const LOCAL = [
  "localhost",
  "LOCALHOST:1",
  "a.b.localhost",
  "127.0.0.1:80",
  "127.255.0.3",
  "[::1]",
  "[::1]:4437",
];
const FOREIGN = [
  ...["evil.example", "localhost.evil.example:4437", "localhost.", "127.0.0.1.evil.example", "0.0.0.0"],
  ...[
    "127.0.0.01",
    "127.0.0.256",
    "1270.0.0.1",
    "10.0.0.1",
    "[::2]",
    "[::ffff:127.0.0.1]",
    "2130706433",
    "xlocalhost",
  ],
];

test.each(LOCAL)("names: %s is this machine, as Host and as a page", (host) => {
  expect(judged({}, { Host: host })).toBe("in");
  expect(judged({}, { Host: "localhost", Origin: `http://${host}` })).toBe("in");
});

test.each(FOREIGN)("names: %s is somebody else, as Host and as a page", (host) => {
  expect(judged({}, { Host: host })).toBe("unknown-host");
  expect(judged({}, { Host: "localhost", Origin: `http://${host}` })).toBe("origin-refused");
});

test.each([
  "null",
  "",
  "file://",
  "chrome-extension://abc",
  "http://",
  "http://localhost/",
  "http://a@localhost",
])("pages: %j is no origin that gets in", (origin) => {
  expect(judged({}, { Host: "localhost", Origin: origin })).toBe("origin-refused");
});

test("what the server is told of its names, it knows, on any port", () => {
  const told = { host: "10.0.0.1", publicUrl: "https://streams.example:444" };
  for (const host of ["streams.example", "streams.example:1", "10.0.0.1:4437", "localhost"])
    expect(judged(told, { Host: host })).toBe("in");
  expect(judged(told, { Host: "x.streams.example" })).toBe("unknown-host");
  expect(judged(told, { Host: "10.0.0.1", Origin: "https://streams.example:444" })).toBe("in");
  expect(judged(told, { Host: "10.0.0.1:4437", Origin: "http://10.0.0.1:4437" })).toBe("in");
  expect(judged(told, { Host: "10.0.0.1:4437", Origin: "http://10.0.0.1:8000" })).toBe("origin-refused");
});

test("corsOrigin replaces the names of this machine; the server's own pages stay in", () => {
  const listed = { corsOrigin: "https://app.example, https://admin.example" };
  const from = (Origin: string) => judged(listed, { Host: "localhost:4437", Origin });
  expect(from("https://admin.example")).toBe("in");
  expect(from("http://localhost:4437")).toBe("in");
  expect(from("http://localhost:3000")).toBe("origin-refused");
  expect(from("https://x.app.example")).toBe("origin-refused");
  expect(judged({ corsOrigin: "*" }, { Host: "evil.example" })).toBe("unknown-host");
  expect(judged({ corsOrigin: "*" }, { Host: "localhost", Origin: "null" })).toBe("in");
});

test("without auth everything is open, but for pages when corsOrigin names some", () => {
  const foreign = { Host: "a.example", Origin: "https://b.example" };
  expect(judged({ auth: false }, foreign)).toBe("in");
  expect(judged({ auth: false, corsOrigin: "https://c.example" }, foreign)).toBe("origin-refused");
});

test("what another site embeds is refused, and its links are followed", () => {
  const from = (site: string, mode: string) =>
    judged({}, { Host: "localhost", "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode });
  expect(from("cross-site", "no-cors")).toBe("origin-refused");
  expect(from("cross-site", "navigate")).toBe("in");
  expect(from("same-origin", "no-cors")).toBe("in");
  expect(from("none", "navigate")).toBe("in");
});

test.each([
  "",
  "app.example",
  "https://app.example/",
  "https://App.example",
  "ftp://a",
  "https://a,*",
  "null",
])("corsOrigin may not be %j", (corsOrigin) => {
  expect(() => parseConfig({ corsOrigin })).toThrow(/corsOrigin must be origins/);
});
