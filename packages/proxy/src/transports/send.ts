/** What the transports share: one request to a chat's endpoint, through the proxy. */
import { HEADER, sseDecoder } from "@perennial/protocol";
import { createDurableFetch } from "../client/durable-fetch.ts";
import type { DurableFetch, DurableResponse } from "../client/options.ts";
import type { BaseDurableTransportOptions } from "./options.ts";

/** Checks an endpoint. @throws Error unless it is an absolute URL */
export function absoluteUrl(url: string | undefined, name: string): string {
  if (url === undefined || !URL.canParse(url) || !/^https?:/i.test(url))
    throw new Error(`${name} must be an absolute URL: the proxy asks it, not the page`);
  return url;
}

/** The `fetch` of a transport. */
export function durableFetchOf({
  proxyUrl,
  proxyAuthorization,
  storage,
  storagePrefix,
  fetch,
}: BaseDurableTransportOptions): DurableFetch {
  return createDurableFetch({ proxyUrl, proxyAuthorization, storage, storagePrefix, fetch });
}

/** Headers of a request: those of the options, then those of the call, whatever their case, then the content type. */
export function headersOf(
  { headers }: BaseDurableTransportOptions,
  own: HeadersInit | undefined,
): Record<string, string> {
  const merged = new Headers(typeof headers === "function" ? headers() : headers);
  for (const [name, value] of new Headers(own)) merged.set(name, value);
  merged.set(HEADER.contentType, "application/json");
  return Object.fromEntries(merged);
}

/** The name of a request: the one given for it, or one of its own. */
export function requestIdOf(
  { getRequestId }: BaseDurableTransportOptions,
  prefix: string,
  messages: unknown[],
  data: unknown,
): string {
  return getRequestId?.(messages, data) ?? `${prefix}-${crypto.randomUUID()}`;
}

/** The body of an answer. @throws Error with the status and the body of one that says no */
export async function bodyOf(response: DurableResponse, what: string): Promise<ReadableStream<Uint8Array>> {
  if (response.ok && response.body !== null) return response.body;
  const text = response.ok ? "no body" : (await response.text()).slice(0, ERROR_LENGTH);
  throw new Error(`${what} failed: ${response.status} ${text}`.trimEnd());
}

const ERROR_LENGTH = 500;
const DONE = "[DONE]";

/** The values of an event stream of JSON. `[DONE]` ends it. */
export function jsonEvents<Value>(body: ReadableStream<Uint8Array>): ReadableStream<Value> {
  const decode = sseDecoder();
  const events = new TransformStream<string, Value>({
    transform(text, controller) {
      for (const { data } of decode(text)) {
        if (data === DONE) return controller.terminate();
        controller.enqueue(JSON.parse(data) as Value);
      }
    },
  });
  return body
    .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
    .pipeThrough(events);
}
