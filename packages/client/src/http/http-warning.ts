const warnedOrigins = new Set<string>();

/**
 * Warns once per origin when a browser uses plain HTTP, where it opens about six connections per origin at most and
 * live streams soon use them up. Silent when `warnOnHttp` is false, in tests (`NODE_ENV`), outside browsers, and for
 * addresses that do not parse.
 *
 * @example
 * ```ts
 * import { warnIfUsingHttpInBrowser } from "@perennial/client";
 * warnIfUsingHttpInBrowser("http://example.com/streams/orders");
 * ```
 */
export function warnIfUsingHttpInBrowser(url: string | URL, warnOnHttp?: boolean): void {
  if (warnOnHttp === false || isTestRun() || typeof window === "undefined") return;
  if (typeof console === "undefined" || typeof console.warn !== "function") return;
  const address = parse(url);
  if (address?.protocol !== "http:" || warnedOrigins.has(address.origin)) return;
  warnedOrigins.add(address.origin);
  console.warn(
    "[DurableStream] HTTP (not HTTPS) gives browsers only ~6 concurrent connections per origin, and each live stream " +
      "holds one. Use HTTPS with HTTP/2, or { warnOnHttp: false }. See https://electric-sql.com/r/electric-http2",
  );
}

/** Forgets which origins were warned about. */
export function _resetHttpWarningForTesting(): void {
  warnedOrigins.clear();
}

function isTestRun(): boolean {
  const { process } = globalThis as { process?: { env?: { NODE_ENV?: string } } };
  return process?.env?.NODE_ENV === "test";
}

function parse(url: string | URL): URL | undefined {
  try {
    return new URL(url, globalThis.location?.href);
  } catch {
    return undefined;
  }
}
