import type { DurableStreamErrorCode } from "../errors/codes.ts";
import { writeError } from "../errors/write-error.ts";
import { type BackoffPolicy, backoffPolicy } from "../http/backoff.ts";
import { createFetchWithConsumedBody } from "../http/consumed-body.ts";
import { hasRepeatableBody, retryingFetch } from "../http/fetch-with-backoff.ts";
import { writeUrl } from "../http/read-url.ts";
import { headersOf, mergeHeaders, type ProtocolHeaders, resolveRecord } from "../http/records.ts";
import { anySignal } from "../http/signals.ts";
import type { DurableStreamOptions } from "../options.ts";

/** One request of a handle. */
export interface HandleRequest {
  readonly method: "PUT" | "POST" | "HEAD" | "DELETE";
  /** The protocol's headers: they win over the user's. */
  readonly headers?: ProtocolHeaders;
  readonly body?: BodyInit | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The code of a 409 that is not a closed stream. Given for writes: only their failures have names. */
  readonly conflict?: DurableStreamErrorCode;
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

  /** Sends a request, with retries, and waits for the whole response. */
  send(request: HandleRequest): Promise<Response> {
    const patient = retryingFetch(this.fetch, this.#policy, hasRepeatableBody);
    return this.sendWith(createFetchWithConsumedBody(patient), request);
  }

  /** As `send`, for a body that can be opened again only while `canRepeat` says so. */
  sendOnce(request: HandleRequest, open: () => ReadableStream, canRepeat: () => boolean): Promise<Response> {
    const fetchOpened: typeof fetch = (input, init) => this.fetch(input, { ...init, ...streaming(open()) });
    const patient = retryingFetch(fetchOpened, this.#policy, canRepeat);
    return this.sendWith(createFetchWithConsumedBody(patient), request);
  }

  /** Sends a request by the given `fetch`. Throws failed writes as `writeError` names them. */
  async sendWith(fetchClient: typeof fetch, request: HandleRequest): Promise<Response> {
    const headers = mergeHeaders(await this.headers(), headersOf(request.headers));
    const url = await this.url();
    const { signal, release } = anySignal(this.options.signal, request.signal);
    const init: RequestInit = { method: request.method, headers };
    if (signal !== undefined) init.signal = signal;
    if (request.body instanceof ReadableStream) Object.assign(init, streaming(request.body));
    else if (request.body !== undefined) init.body = request.body;
    try {
      return await fetchClient(url, init);
    } catch (error) {
      throw request.conflict === undefined ? error : writeError(error, request.conflict);
    } finally {
      release();
    }
  }
}

/** `fetch` takes a stream only together with `duplex` (Fetch standard, 5.4), which the DOM types do not know yet. */
function streaming(body: ReadableStream): { body: ReadableStream; duplex: "half" } {
  return { body, duplex: "half" };
}
