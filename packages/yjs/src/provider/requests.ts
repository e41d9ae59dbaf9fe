/** Requests to one document: addresses, headers, and answers that do not come. */

import type { HeadersRecord, ParamsRecord } from "@perennial/client";
import { HEADER } from "../core/headers.ts";
import { asProviderError, YjsProviderError } from "./errors.ts";

/** How long an answer may take to begin, and to go on, ms. */
const SILENCE_MS = 30_000;
const SSE_ENCODING = HEADER.streamSseDataEncoding;

export interface RequestOptions {
  readonly baseUrl: string;
  readonly docId: string;
  readonly headers?: HeadersRecord | undefined;
  readonly params?: ParamsRecord | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Where redirects led, as far as that can be known. */
  readonly url: string;
  readonly body: Uint8Array;
}

/** What a request brings besides its method and its query. */
export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
  /** Let it outlive the page. */
  readonly keepalive?: boolean;
}

export class Requests {
  readonly #options: RequestOptions;
  /** The document's address, absolute. */
  readonly url: string;

  constructor(options: RequestOptions) {
    this.#options = options;
    const base = options.baseUrl.replace(/\/$/, "");
    this.url = new URL(`${base}/docs/${options.docId}`, globalThis.location?.href).href;
  }

  get headers(): HeadersRecord {
    return this.#options.headers ?? {};
  }

  get params(): ParamsRecord {
    return this.#options.params ?? {};
  }

  /** For reads that go on. That SSE data are base64 is said here: from another origin the header often cannot be seen. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await (this.#options.fetch ?? globalThis.fetch)(input, init);
    const isEvents = response.headers.get(HEADER.contentType)?.startsWith("text/event-stream") ?? false;
    if (!isEvents || response.headers.has(SSE_ENCODING)) return response;
    const headers = new Headers(response.headers);
    headers.set(SSE_ENCODING, "base64");
    const { status, url } = response;
    return Object.defineProperty(new Response(response.body, { status, headers }), "url", { value: url });
  };

  /**
   * Sends a request and reads its answer, whatever its status; a redirect that `fetch` did not follow is followed.
   *
   * @throws YjsProviderError `UNREACHABLE`; what the signal was aborted with
   */
  async send(
    method: string,
    query: Readonly<Record<string, string>>,
    sending: Sending = {},
  ): Promise<Answer> {
    let url = await this.#addressed(query);
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#exchange(method, url, sending);
      const location = answer.headers.get("location");
      const isRedirect = answer.status >= 301 && answer.status <= 308 && location !== null;
      if (!isRedirect || redirects === 5) return answer;
      url = new URL(location, url).href;
    }
  }

  async #addressed(query: Readonly<Record<string, string>>): Promise<string> {
    const url = new URL(this.url);
    for (const [name, value] of Object.entries(this.params)) {
      const resolved = typeof value === "function" ? await value() : value;
      if (resolved !== undefined) url.searchParams.set(name, resolved);
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  async #exchange(method: string, url: string, sending: Sending): Promise<Answer> {
    const { body, signal, keepalive } = sending;
    const silence = new Silence(signal);
    try {
      const headers = { ...(await resolved(this.headers)), ...sending.headers };
      const init: RequestInit = { method, headers, signal: silence.signal };
      if (body !== undefined) init.body = body;
      if (keepalive) init.keepalive = true;
      const response = await (this.#options.fetch ?? globalThis.fetch)(url, init);
      return {
        status: response.status,
        headers: response.headers,
        url: response.url || url,
        body: await readBody(response, silence),
      };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw asProviderError(error);
    } finally {
      silence.end();
    }
  }
}

async function resolved(headers: HeadersRecord): Promise<Record<string, string>> {
  const entries = Object.entries(headers).map(async ([name, value]) => [
    name,
    typeof value === "function" ? await value() : value,
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function readBody(response: Response, silence: Silence): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
    parts.push(read.value);
    silence.restart();
  }
  if (parts.length === 1) return parts[0]!;
  const body = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/** Aborts a request whose peer says nothing for too long, or that its owner gives up. */
class Silence {
  readonly #controller = new AbortController();
  readonly #owner: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#controller.abort(this.#owner?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(owner: AbortSignal | undefined) {
    this.#owner = owner;
    if (owner?.aborted) this.#onAbort();
    else owner?.addEventListener("abort", this.#onAbort, { once: true });
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    clearTimeout(this.#timer);
    const late = new YjsProviderError("UNREACHABLE", `the server was silent for ${SILENCE_MS / 1000} s`);
    this.#timer = setTimeout(() => this.#controller.abort(late), SILENCE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#owner?.removeEventListener("abort", this.#onAbort);
  }
}
