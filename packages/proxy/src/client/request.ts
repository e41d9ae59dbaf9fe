/** Requests to the proxy that create a stream. */
import { HEADER, HTTP_HEADER } from "@perennial/protocol";
import { PROXY_HEADER } from "../core/words.ts";
import type { DurableFetchRequestOptions } from "./options.ts";

/** How often a request is sent again after a network failure: under its key the proxy makes it once. */
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 200;

/** What is sent, and with what. */
export interface CreateRequest {
  readonly proxyUrl: string;
  readonly authorization: string;
  readonly upstreamUrl: string | URL;
  readonly init: DurableFetchRequestOptions;
  /** Names the request. */
  readonly key: string;
  readonly fetch: typeof globalThis.fetch;
}

/** Asks the proxy to fetch. Rejects when it cannot be reached, or the signal is aborted. */
export async function requestStream(request: CreateRequest): Promise<Response> {
  const { proxyUrl, init, fetch } = request;
  const { requestId: _id, method: _method, headers: _headers, ...rest } = init;
  const sent: RequestInit = { ...rest, method: "POST", headers: headersOf(request) };
  const attempts = isRepeatable(init.body) ? ATTEMPTS : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(proxyUrl, sent);
    } catch (error) {
      if (init.signal?.aborted || attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (attempt - 1)));
    }
  }
}

function headersOf({ upstreamUrl, authorization, init, key }: CreateRequest): Headers {
  const headers = new Headers(init.headers);
  const own = headers.get(HTTP_HEADER.authorization);
  headers.delete(HTTP_HEADER.host);
  if (own !== null) headers.set(PROXY_HEADER.upstreamAuthorization, own);
  headers.set(HTTP_HEADER.authorization, `Bearer ${authorization}`);
  headers.set(PROXY_HEADER.upstreamUrl, String(upstreamUrl));
  headers.set(PROXY_HEADER.upstreamMethod, init.method ?? "POST");
  if (!headers.has(PROXY_HEADER.idempotencyKey)) headers.set(PROXY_HEADER.idempotencyKey, key);
  return headers;
}

/** A stream can be sent once. */
function isRepeatable(body: BodyInit | null | undefined): boolean {
  return !(body instanceof ReadableStream);
}

/** What an answer without success was, as the upstream gave it; undefined if the proxy gave it. */
export function upstreamRefusal(response: Response): Response | undefined {
  const status = Number(response.headers.get(PROXY_HEADER.upstreamStatus));
  if (response.status !== 502 || !Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const headers = new Headers(response.headers);
  headers.set(PROXY_HEADER.upstreamError, "true");
  for (const name of [HEADER.location, PROXY_HEADER.upstreamStatus]) headers.delete(name);
  return new Response(response.body, { status, headers });
}
