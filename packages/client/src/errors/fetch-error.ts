import { parseJson } from "@perennial/protocol";
import { hasType } from "../http/content-type.ts";
import { present } from "../http/defaults.ts";
import { codeOfStatus, type FetchErrorCode } from "./codes.ts";

/** Errors of another class that also answer for a `FetchError`: see `alsoFetchError`. */
const alsoFetchErrors = new WeakSet<object>();

/**
 * An HTTP response that was not a success. Thrown for every failed request of `stream()` and `DurableStream`.
 *
 * Where a failure has a more telling class (`StreamClosedError`, a `DurableStreamError` for an existing or missing
 * stream), that class is thrown, and `instanceof FetchError` is still true of it: it has the same members.
 *
 * @example
 * ```ts
 * import { FetchError, stream } from "@perennial/client";
 * try {
 *   await stream({ url: "https://example.com/streams/none" });
 * } catch (error) {
 *   if (error instanceof FetchError && error.status === 404) console.log("no such stream:", error.url);
 *   else throw error;
 * }
 * ```
 */
export class FetchError extends Error {
  /** The address that was requested. */
  declare url: string;
  /** The HTTP status. */
  declare status: number;
  /** The body, unless it was `application/json`. */
  declare text?: string;
  /** The body, if it was JSON: `application/json`, or a type that builds on it, as `application/problem+json`. */
  declare json?: object;
  /** The response's headers, names in lower case. */
  declare headers: Record<string, string>;

  constructor(
    status: number,
    text: string | undefined,
    json: object | undefined,
    headers: Record<string, string>,
    url: string,
    message?: string,
  ) {
    super(message ?? `HTTP Error ${status} at ${url}: ${text ?? JSON.stringify(json)}`);
    Object.assign(this, present({ name: "FetchError", url, status, text, json, headers }));
  }

  /** The status as a code, for example `NOT_FOUND` for 404. */
  get code(): FetchErrorCode {
    return codeOfStatus(this.status);
  }

  /** Builds the error of a response, reading its body if nobody did. */
  static async fromResponse(response: Response, url: string): Promise<FetchError> {
    const { status, headers, body, bodyUsed } = response;
    // React Native's responses have no `body` at all, and yet a text.
    const text = body !== null && !bodyUsed ? await response.text() : undefined;
    const json = text && hasType(response, "json") ? (parseJson(text) as object | undefined) : undefined;
    const isPlain = json && hasType(response, "application/json");
    return new FetchError(status, isPlain ? undefined : text, json, Object.fromEntries(headers), url);
  }

  /** True for instances, and for errors of a more telling class that carry the same members. */
  static override readonly [Symbol.hasInstance] = hasInstance;
}

/** Subclasses inherit the test, and ask it about themselves. */
function hasInstance(this: unknown, value: unknown): boolean {
  const isAlso = this === FetchError && alsoFetchErrors.has(value as object);
  return isAlso || Error[Symbol.hasInstance].call(this, value);
}

/** Lends an error the members of a `FetchError` and makes `instanceof FetchError` true of it. */
export function alsoFetchError<E extends Error>(error: E, source: FetchError): E {
  alsoFetchErrors.add(error);
  return Object.assign(error, source, { name: error.name });
}
