import type { DurableStreamErrorCode } from "../errors/codes.ts";
import { writeError } from "../errors/write-error.ts";
import { attemptLimit, type BackoffPolicy, backoffPolicy } from "../http/backoff.ts";
import { consumed, createFetchWithConsumedBody } from "../http/consumed-body.ts";
import { type RetryLimits, retryingFetch } from "../http/fetch-with-backoff.ts";
import { writeUrl } from "../http/read-url.ts";
import { headersOf, mergeHeaders, type ProtocolHeaders, resolveRecord } from "../http/records.ts";
import { anySignal } from "../http/signals.ts";
import { withinLimitWhole } from "../http/spare-controller.ts";
import type { DurableStreamOptions } from "../options.ts";
import type { Upload } from "./upload.ts";

/** The codes of a 409 that is not a closed stream. Only the failures of writes have names. */
const CONFLICTS: { readonly [Method in HandleRequest["method"]]?: DurableStreamErrorCode } = {
  PUT: "CONFLICT_EXISTS",
  POST: "CONFLICT_SEQ",
};

/** One request of a handle. */
export interface HandleRequest {
  readonly method: "PUT" | "POST" | "HEAD" | "DELETE";
  /** The protocol's headers: they win over the user's. */
  readonly headers?: ProtocolHeaders;
  readonly body?: BodyInit | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a handle's requests have in common: address, headers, parameters, `fetch`, signal and retries. */
export class HandleRequests {
  readonly options: DurableStreamOptions;
  readonly #policy: BackoffPolicy;

  constructor(options: DurableStreamOptions) {
    this.options = options;
    this.#policy = backoffPolicy(options.backoffOptions);
  }

  /** The handle's `fetch`; the global one is looked up at each call. */
  readonly fetch: typeof fetch = (input, init) => (this.options.fetch ?? globalThis.fetch)(input, init);

  /** The address with the handle's parameters, functions called afresh. */
  async url(): Promise<string> {
    return writeUrl(this.options.url, await resolveRecord(this.options.params));
  }

  /** The handle's headers, functions called afresh. */
  headers(): Promise<Record<string, string>> {
    return resolveRecord(this.options.headers);
  }

  /** Sends a request, with retries unless told otherwise, and waits for the whole response. */
  send(request: HandleRequest, options: { readonly once?: boolean } = {}): Promise<Response> {
    const body = request.body as
      | undefined
      | { readonly length?: number; readonly byteLength?: number; readonly size?: number };
    const length = body?.byteLength ?? body?.length ?? body?.size;
    const attempt = attemptLimit(this.#policy, length);
    return this.#send(request, this.fetch, {
      attempt,
      all: this.#policy.deadline,
      consume: consumed,
      within: withinLimitWhole,
      canRepeat: () => !options.once,
    });
  }

  /** As `send`, for a body that can be opened again only while nothing was taken from it. */
  upload(request: HandleRequest, upload: Upload): Promise<Response> {
    const fetchWhole = createFetchWithConsumedBody(this.fetch);
    const limit = Math.min(attemptLimit(this.#policy), this.#policy.deadline);
    const fetchOpened: typeof fetch = (input, init) =>
      upload.send(limit, init?.signal, (body, signal) =>
        fetchWhole(input, { ...init, ...streaming(body), signal }),
      );
    return this.#send(request, fetchOpened, {
      attempt: Number.POSITIVE_INFINITY,
      canRepeat: () => !upload.started,
    });
  }

  /** Throws failed writes as `writeError` names them. */
  async #send(request: HandleRequest, fetchOnce: typeof fetch, limits: RetryLimits): Promise<Response> {
    const headers = mergeHeaders(await this.headers(), headersOf(request.headers));
    const url = await this.url();
    const { signal, release } = anySignal(this.options.signal, request.signal);
    const init: RequestInit = { method: request.method, headers };
    if (signal !== undefined) init.signal = signal;
    if (request.body !== undefined) init.body = request.body;
    try {
      return await retryingFetch(fetchOnce, this.#policy, limits)(url, init);
    } catch (error) {
      const conflict = CONFLICTS[request.method];
      throw conflict ? writeError(error, conflict) : error;
    } finally {
      release();
    }
  }
}

/** `fetch` takes a stream only together with `duplex` (Fetch standard, 5.4), which the DOM types do not know yet. */
function streaming(body: ReadableStream): { body: ReadableStream; duplex: "half" } {
  return { body, duplex: "half" };
}
