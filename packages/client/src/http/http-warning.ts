import { parseAddress } from "./address.ts";

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
  const { window, process } = globalThis as Surroundings;
  if (warnOnHttp === false || !window || process?.env?.NODE_ENV === "test") return;
  const address = parseAddress(url);
  if (address?.protocol !== "http:" || warnedOrigins.has(address.origin)) return;
  warnedOrigins.add(address.origin);
  console.warn(
    "[DurableStream] HTTP (not HTTPS) allows ~6 concurrent connections per origin: https://electric-sql.com/r/electric-http2",
  );
}

/** What a runtime may have or lack. */
interface Surroundings {
  readonly window?: unknown;
  readonly process?: { readonly env?: { readonly NODE_ENV?: string } };
}

/** Forgets which origins were warned about. */
export function _resetHttpWarningForTesting(): void {
  warnedOrigins.clear();
}
