import type { Address } from "./exchange.ts";
import { type RequestSeries, requestParts } from "./requests.ts";
import type { Errors, LoadResult } from "./result.ts";

const MARKER = "perennial-report ";

/**
 * The Lua script that makes `wrk` send a series. All requests are built before the first is sent; each thread
 * starts at its own place in the series. At the end it prints one line of JSON.
 */
export function wrkScript(series: RequestSeries, address: Address): string {
  const { before, after } = requestParts(series, address);
  return `local before = ${luaString(before)}
local after = ${luaString(after)}
local count = ${series.count}
local requests = {}
local threads = 0
local position = 0

function setup(thread)
  thread:set("start", threads * 7919)
  threads = threads + 1
end

function init()
  for index = 1, count do requests[index] = before .. (index - 1) .. after end
  position = start % count
end

function request()
  position = position % count + 1
  return requests[position]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '${MARKER}{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"p999":%d,"max":%d,' ..
    '"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    latency:percentile(99.9), latency.max, e.connect, e.read, e.write, e.timeout, e.status))
end
`;
}

/** Quotes printable ASCII, line ends and quotes for Lua. */
export function luaString(text: string): string {
  const escapes: Record<string, string> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r" };
  return `"${text.replace(/[\\"\n\r]/g, (character) => escapes[character] ?? character)}"`;
}

interface WrkReport {
  readonly requests: number;
  readonly microseconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly connect: number;
  readonly read: number;
  readonly write: number;
  readonly timeout: number;
  readonly status: number;
}

/**
 * Reads the line that the script printed. `wrk` counts answers of 400 and more among its requests and does not
 * tell which they were: they are taken off again.
 */
export function parseWrkReport(output: string): LoadResult {
  const line = output.split("\n").find((text) => text.startsWith(MARKER));
  if (line === undefined) throw new Error(`wrk printed no report: ${output.slice(0, 500)}`);
  const report = JSON.parse(line.slice(MARKER.length)) as WrkReport;
  const socket = report.connect + report.read + report.write;
  const errors: Errors = Object.fromEntries(
    Object.entries({ socket, timeout: report.timeout, "4xx/5xx": report.status }).filter(
      ([, count]) => count > 0,
    ),
  );
  const { p50, p99, p999, max } = report;
  return {
    operations: report.requests - report.status,
    seconds: report.microseconds / 1e6,
    latency: { p50: p50 / 1000, p99: p99 / 1000, p999: p999 / 1000, max: max / 1000 },
    errors,
  };
}
