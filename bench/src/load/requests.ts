import type { Address } from "./exchange.ts";

/** The same request to `count` streams in turn: what both generators can be told to send. */
export interface RequestSeries {
  readonly method: string;
  /** The path of the stream with number n is `root + n`. */
  readonly root: string;
  readonly count: number;
  /** Follows the path, with its question mark. */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Printable ASCII and line feeds only, so that it can stand in a generated script. */
  readonly body?: string;
}

/** A request's text before and after the number of its stream. */
export interface RequestParts {
  readonly before: string;
  readonly after: string;
}

/** The text of a series' requests, split where the number of the stream goes. */
export function requestParts(series: RequestSeries, address: Address): RequestParts {
  const length = series.body === undefined ? {} : { "Content-Length": String(series.body.length) };
  const headers = {
    Host: `${address.host}:${address.port}`,
    ...address.headers,
    ...series.headers,
    ...length,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return {
    before: `${series.method} ${series.root}`,
    after: `${series.query ?? ""} HTTP/1.1\r\n${lines.join("")}\r\n${series.body ?? ""}`,
  };
}

/** All requests of a series, ready to be written. */
export function buildRequests(series: RequestSeries, address: Address): Buffer[] {
  const { before, after } = requestParts(series, address);
  return Array.from({ length: series.count }, (_, index) =>
    Buffer.from(`${before}${index}${after}`, "latin1"),
  );
}

/** One request, ready to be written. */
export function buildRequest(
  series: Omit<RequestSeries, "count" | "root"> & { path: string },
  address: Address,
) {
  const { before, after } = requestParts({ ...series, root: series.path, count: 1 }, address);
  return Buffer.from(`${before}${after}`, "latin1");
}

/** A text of `size` printable bytes, for bodies whose content does not matter. */
export function filler(size: number): string {
  return "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
    .repeat(Math.ceil(size / 64))
    .slice(0, size);
}
