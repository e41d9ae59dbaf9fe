import { expect, test } from "vitest";
import { luaString, parseWrkReport, wrkScript } from "./wrk-script.ts";

test("the script holds the request around the number of its stream", () => {
  const headers = { "Content-Type": "text/plain" };
  const series = { method: "POST", root: "/v1/stream/a-", count: 7, headers, body: 'say "hi"' };
  const script = wrkScript(series, { host: "127.0.0.1", port: 4437 });
  expect(script).toContain('local before = "POST /v1/stream/a-"');
  expect(script).toContain("local count = 7");
  expect(script).toContain(
    String.raw`" HTTP/1.1\r\nHost: 127.0.0.1:4437\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nsay \"hi\""`,
  );
});

test("strings are quoted for Lua", () => {
  expect(luaString('a"b\\c\r\n')).toBe(String.raw`"a\"b\\c\r\n"`);
});

test("the report's line is read, failures taken off the requests", () => {
  const report =
    '{"requests":1000,"microseconds":2000000,"p50":500,"p99":2500,"p999":9000,"max":10000,' +
    '"connect":0,"read":2,"write":1,"timeout":0,"status":100}';
  expect(parseWrkReport(`Running 2s test\n  64 connections\nperennial-report ${report}\n`)).toEqual({
    operations: 900,
    seconds: 2,
    latency: { p50: 0.5, p99: 2.5, p999: 9, max: 10 },
    errors: { socket: 3, "4xx/5xx": 100 },
  });
});

test("output without the line is an error that shows it", () => {
  expect(() => parseWrkReport("unable to connect")).toThrow("unable to connect");
});
