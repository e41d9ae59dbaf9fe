/** Requests to one server: bounded in time, repeated where that is safe, never hanging in silence. */

import { createFetchWithBackoff, FetchError } from "@perennial/client";
import { HTTP_HEADER, isForeign } from "@perennial/protocol";
import { buildStreamUrl, normalizeBaseUrl } from "../arguments/stream-url.ts";
import { describeError } from "./describe-error.ts";
import { untilListening } from "./until-listening.ts";

export interface ConnectionSettings {
  readonly baseUrl: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long the server may take to answer, or to begin an answer that is read as it comes, ms. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * How long a request is repeated that fails, and a server is waited for that is starting, ms. Default 3,000: who waits at
   * a prompt wants to know.
   */
  readonly retryMs?: number;
  /** Told why an attempt failed. */
  readonly onFailedAttempt?: (reason: string) => void;
}

/** What a request may carry. */
export type RequestBody = Uint8Array | string | ReadableStream<Uint8Array>;

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody | undefined;
  /**
   * Whether it may be sent again when it is not known what became of it. Default true; false for an append that
   * the server could not tell from a second one.
   */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal;
  /** Whether the body of a GET is read before the request resolves, as for any other method: what is short. */
  readonly whole?: boolean;
  /** Instead of the connection's, ms: a live request is answered late on purpose. */
  readonly timeoutMs?: number;
  /** How long it is repeated when it fails, instead of the connection's, ms. */
  readonly retryMs?: number;
}

const TIMEOUT_MS = 10_000;
const RETRY_MS = 3000;
const BACKOFF = { initialDelay: 100, maxDelay: 2000, multiplier: 2 };

export class Connection {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly #retryMs: number;
  readonly #onFailedAttempt: (reason: string) => void;
  /** Whether the server has answered. */
  #wasReached = false;

  constructor({ baseUrl, headers, timeoutMs, retryMs, onFailedAttempt }: ConnectionSettings) {
    const url = new URL(baseUrl);
    this.headers = { ...basicAuthorization(url), ...headers };
    this.baseUrl = normalizeBaseUrl(url.username === "" && url.password === "" ? baseUrl : withoutUser(url));
    this.timeoutMs = timeoutMs ?? TIMEOUT_MS;
    this.#retryMs = retryMs ?? RETRY_MS;
    this.#onFailedAttempt = onFailedAttempt ?? (() => {});
  }

  streamUrl(id: string): string {
    return buildStreamUrl(this.baseUrl, id);
  }

  /**
   * Sends a request and resolves with its answer, a 2xx. The body of a GET is the caller's to read, unless it is asked for
   * whole; of any other method it has been read, in time. Throws a `FetchError` for any other status, and for a page that
   * no stream server gave, or why there was no answer: see
   * `describeError`.
   */
  async request(method: string, url: string, options: RequestOptions = {}): Promise<Response> {
    const timeoutMs = options.timeoutMs ?? this.timeoutMs;
    const isWhole = method !== "GET" || options.whole === true;
    const attempt = (input: string | URL | Request, init?: RequestInit) =>
      this.attempt(input, init, timeoutMs, isWhole);
    const retryMs = options.retryMs ?? this.#retryMs;
    const isOnce = options.repeatable === false;
    // What may be sent but once can wait for somebody to send it to.
    if (isOnce && !this.#wasReached) {
      await untilListening(url, retryMs, () => this.#onFailedAttempt("nobody listens there yet"));
    }
    const retries = isOnce ? { maxRetries: 0 } : { deadline: retryMs };
    const send = createFetchWithBackoff(attempt, { ...BACKOFF, ...retries });
    const response = await send(url, {
      method,
      headers: { ...this.headers, ...options.headers },
      ...(options.body !== undefined && { body: options.body as BodyInit, duplex: "half" }),
      ...(options.signal && { signal: options.signal }),
    });
    if (isForeign(response)) throw await FetchError.fromResponse(response, url);
    return response;
  }

  /**
   * One attempt of a request, without the connection's headers. Resolves with whatever answer there is, and throws as
   * `fetch`, or an error named `TimeoutError`. The clock stops when the answer begins, since a long body may take its time,
   * or, if it is asked for whole, when it has ended.
   */
  async attempt(
    input: string | URL | Request,
    init: RequestInit = {},
    timeoutMs = this.timeoutMs,
    isWhole = false,
  ): Promise<Response> {
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(new DOMException("timed out", "TimeoutError")), timeoutMs);
    const signals = init.signal ? [init.signal, clock.signal] : [clock.signal];
    try {
      const begun = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
      const response = isWhole ? await whole(begun) : begun;
      this.#wasReached = true;
      if (response.status >= 500 || response.status === 429)
        this.#onFailedAttempt(`status ${response.status}`);
      return response;
    } catch (error) {
      if (!init.signal?.aborted) this.#onFailedAttempt(describeError(error).text);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The same answer with its body in memory. */
async function whole(response: Response): Promise<Response> {
  const body = await response.arrayBuffer();
  const { status, statusText, headers } = response;
  // These must have none, and cannot be made with an empty one either.
  const copy = new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
  // Errors name it.
  Object.defineProperty(copy, "url", { value: response.url });
  return copy;
}

/** `http://user:password@host` as a header, since a request's URL must not hold them. */
function basicAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { [HTTP_HEADER.authorization]: `Basic ${Buffer.from(pair).toString("base64")}` };
}

function withoutUser(url: URL): string {
  const copy = new URL(url);
  copy.username = "";
  copy.password = "";
  return copy.href;
}
