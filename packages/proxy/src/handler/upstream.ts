/** Requests to upstreams, up to the moment at which their answer begins. */
import { HEADER, HTTP_HEADER } from "@perennial/protocol";
import { AddressNotAllowedError } from "../core/addresses.ts";
import { filterHeadersForUpstream } from "../core/upstream-headers.ts";
import { PROXY_HEADER } from "../core/words.ts";
import type { Problem } from "./http/errors.ts";
import type { Settings, UpstreamInit } from "./options.ts";

/** A request as it goes to an upstream. */
export interface UpstreamRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** An answer that said no: all of it that is passed on. */
export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What an upstream answered. */
export type UpstreamAnswer =
  | {
      readonly kind: "begun";
      readonly status: number;
      readonly contentType: string | null;
      /** Null if there is none. */
      readonly body: ReadableStream<Uint8Array> | null;
      /** Ends the request. */
      readonly controller: AbortController;
    }
  | Refused
  | { readonly kind: "failed"; readonly problem: Problem };

const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);
const REFUSAL_BYTES = 64 * 1024;
/** Of a refusal: what says when to try again, and by what name to ask about it. */
const PASSED = /^(?:retry-after(?:-ms)?|x-should-retry|(?:x-)?request-id|(?:x|anthropic)-ratelimit-.*)$/;
const RETRY_DELAY_MS = 100;
const TIMED_OUT = Symbol("timed out");

/** Whether requests of this method, in upper case, are passed on. */
export function isPassedMethod(method: string): boolean {
  return METHODS.has(method);
}

/** The request that is to be sent for one to the proxy. */
export async function upstreamRequest(
  settings: Settings,
  method: string,
  url: URL,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
): Promise<UpstreamRequest> {
  const filtered = filterHeadersForUpstream(Object.fromEntries(headers), url.host, settings.forwardHeaders);
  const { [HTTP_HEADER.host.toLowerCase()]: _host, ...kept } = filtered;
  const own = await settings.upstreamHeaders?.(url);
  for (const [name, value] of Object.entries(own ?? {})) kept[name.toLowerCase()] = value;
  // A body that is packed could only be passed on whole, and would have to be unpacked by every reader.
  kept[HTTP_HEADER.acceptEncoding.toLowerCase()] = "identity";
  return { method, url, headers: kept, body };
}

/**
 * Sends a request and waits for the beginning of its answer. Never rejects.
 *
 * @param leaving ends it when whoever asked has left
 */
export async function askUpstream(
  settings: Settings,
  request: UpstreamRequest,
  leaving: AbortSignal | undefined,
): Promise<UpstreamAnswer> {
  const controller = new AbortController();
  const leave = (): void => controller.abort(leaving?.reason);
  leaving?.addEventListener("abort", leave);
  if (leaving?.aborted) leave();
  const timer = setTimeout(() => controller.abort(TIMED_OUT), settings.headersTimeoutMs);
  try {
    return await classify(await send(settings, request, controller), controller);
  } catch (error) {
    if (controller.signal.reason === TIMED_OUT)
      return failed("UPSTREAM_TIMEOUT", "The upstream did not answer in time");
    if (leaving?.aborted) return failed("CLIENT_LEFT", "The client left");
    if (isNotAllowed(error)) return failed("UPSTREAM_NOT_ALLOWED", "The upstream's address may not be asked");
    settings.logger.warn(
      { host: request.url.host, reason: reasonOf(error) },
      "an upstream could not be asked",
    );
    return failed("UPSTREAM_ERROR", "The upstream could not be reached");
  } finally {
    clearTimeout(timer);
    leaving?.removeEventListener("abort", leave);
  }
}

/** Tries again where nothing can have been sent: the connection was refused. */
async function send(
  { upstreamFetch, connectRetries }: Settings,
  { method, url, headers, body }: UpstreamRequest,
  { signal }: AbortController,
): Promise<Response> {
  const hasBody = method !== "GET" && (method !== "DELETE" || body.length > 0);
  const init: UpstreamInit = { method, headers, body: hasBody ? body : undefined, signal };
  for (let attempt = 0; ; attempt++) {
    try {
      return await upstreamFetch(url, init);
    } catch (error) {
      if (attempt >= connectRetries || signal.aborted || !isRefusal(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS * 2 ** attempt));
    }
  }
}

/** Whether no connection came about. */
function isRefusal(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string; errors?: readonly { code?: string }[] } };
  return (cause?.code ?? cause?.errors?.[0]?.code) === "ECONNREFUSED";
}

/** Whether the name led to an address that no connection may go to. */
function isNotAllowed(error: unknown): boolean {
  return (error as { cause?: unknown }).cause instanceof AddressNotAllowedError;
}

/** Why, in words that hold nothing of the request. */
function reasonOf(error: unknown): string {
  const { cause, name } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? name;
}

async function classify(response: Response, controller: AbortController): Promise<UpstreamAnswer> {
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    return failed("REDIRECT_NOT_ALLOWED", "The upstream redirects, which is not followed");
  }
  if (status < 200 || status > 299) return refused(response);
  const body = status === 204 || status === 205 ? null : response.body;
  if (body === null) await response.body?.cancel();
  return { kind: "begun", status, contentType: headers.get(HEADER.contentType), body, controller };
}

async function refused({ status, headers, body }: Response): Promise<Refused> {
  const kept = [...headers].filter(([name]) => PASSED.test(name));
  const contentType = headers.get(HEADER.contentType) ?? "text/plain";
  return {
    kind: "refused",
    status,
    headers: [...kept, [HEADER.contentType, contentType], [PROXY_HEADER.upstreamStatus, String(status)]],
    body: await firstBytes(body, REFUSAL_BYTES),
  };
}

/** The first bytes of a body; the rest is not waited for. */
async function firstBytes(
  body: ReadableStream<Uint8Array> | null,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(most);
  let length = 0;
  const reader = body?.getReader();
  for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
    const piece = read.value.subarray(0, most - length);
    bytes.set(piece, length);
    length += piece.length;
    if (length === most) await reader?.cancel();
  }
  return bytes.slice(0, length);
}

function failed(code: Problem["code"], message: string): UpstreamAnswer {
  return { kind: "failed", problem: { code, message } };
}
