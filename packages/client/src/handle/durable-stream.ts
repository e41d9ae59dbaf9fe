import { CONTENT_TYPE, STREAM_CLOSED, STREAM_NEXT_OFFSET } from "@perennial/protocol";
import { closedError, DurableStreamError } from "../errors/durable-stream-error.ts";
import { FetchError } from "../errors/fetch-error.ts";
import { InvalidSignalError, MissingStreamUrlError } from "../errors/option-errors.ts";
import { codedError } from "../errors/write-error.ts";
import { withDefaults } from "../http/defaults.ts";
import { warnIfUsingHttpInBrowser } from "../http/http-warning.ts";
import { mergeHeaders } from "../http/records.ts";
import type {
  AppendOptions,
  AppendPromise,
  AppendResult,
  CloseOptions,
  CloseResult,
  CreateOptions,
  DurableStreamOptions,
  HeadResult,
  StreamOptions,
  WritableOptions,
} from "../options.ts";
import type { StreamPromise } from "../read/response.ts";
import { stream } from "../stream.ts";
import { appendHeaders, appendResult, isRefusalOfContent, sendAppends } from "./append.ts";
import { AppendQueue } from "./append-queue.ts";
import { asContent, createBody, joinContents } from "./content.ts";
import { createHeaders } from "./create.ts";
import { headResult } from "./head.ts";
import { registerRequests } from "./registry.ts";
import { HandleRequests } from "./requests.ts";
import { Upload } from "./upload.ts";
import { Pipe } from "./writable.ts";

/**
 * A handle for one stream: create it, append to it, read it, close it, delete it. Making a handle sends nothing.
 *
 * Every method that writes repeats its request by `backoffOptions`: `attemptTimeout` bounds one attempt, head and body
 * of the answer, `deadline` all of them. When they run out it rejects with the last failure: a FetchError, the error of
 * `fetch`, or one named `TimeoutError`. A function of `headers` or `params` that throws rejects with what it threw.
 *
 * Appends are repeated after network failures, when nobody knows whether the server stored them: one may be stored
 * twice. Where that matters use `IdempotentProducer`, or give the producer fields of `AppendOptions`.
 *
 * @throws MissingStreamUrlError without a `url`
 * @throws InvalidSignalError when `signal` is not an `AbortSignal`
 * @example
 * ```ts
 * import { DurableStream } from "@perennial/client";
 * const handle = await DurableStream.create({
 *   url: "https://example.com/streams/orders",
 *   contentType: "application/json",
 * });
 * const { offset } = await handle.append(JSON.stringify({ id: 1 }));
 * console.log("stored; the tail is now", offset);
 * ```
 */
export class DurableStream {
  /** The stream's address as it was given. */
  readonly url: string;
  /** The stream's content type, once known. */
  declare contentType?: string;
  readonly #options: DurableStreamOptions;
  readonly #requests: HandleRequests;
  readonly #queue: AppendQueue;

  constructor(opts: DurableStreamOptions) {
    if (!opts.url) throw new MissingStreamUrlError();
    if (opts.signal && !(opts.signal instanceof AbortSignal)) throw new InvalidSignalError();
    warnIfUsingHttpInBrowser(opts.url, opts.warnOnHttp);
    this.url = String(opts.url);
    if (opts.contentType !== undefined) this.contentType = opts.contentType;
    this.#options = opts;
    this.#requests = new HandleRequests(opts);
    registerRequests(this, this.#requests);
    this.#queue = new AppendQueue(
      (appends, signal) => sendAppends(this.#requests, appends, { signal }),
      isRefusalOfContent,
    );
  }

  /**
   * Creates a stream, or finds that it exists with the same configuration.
   *
   * @throws DurableStreamError `CONFLICT_EXISTS` when it exists with another one (also `instanceof FetchError`)
   * @throws FetchError for every other refusal; FetchBackoffAbortError when `signal` is aborted; MissingStreamUrlError;
   *   InvalidSignalError. See the class for time limits
   */
  static create(opts: CreateOptions): Promise<DurableStream> {
    return new DurableStream(opts).create(opts);
  }

  /**
   * Finds an existing stream and its content type. Asks once, as `head()`.
   *
   * @throws DurableStreamError `NOT_FOUND` when there is none (also `instanceof FetchError`), else as `head()`
   */
  static async connect(opts: DurableStreamOptions): Promise<DurableStream> {
    const handle = new DurableStream(opts);
    await handle.#head(undefined, true);
    return handle;
  }

  /** Asks about a stream, see `head()` of a handle. */
  static head(opts: DurableStreamOptions): Promise<HeadResult> {
    return new DurableStream(opts).head();
  }

  /** Deletes a stream, see `delete()` of a handle. */
  static delete(opts: DurableStreamOptions): Promise<void> {
    return new DurableStream(opts).delete();
  }

  /**
   * Asks about the stream, once: no retries. A missing stream is an answer, not an error. `attemptTimeout` and
   * `deadline`, the shorter of them, bound it.
   *
   * @throws DurableStreamError for every refusal but 404; the error of `fetch`, or one named `TimeoutError`;
   *   FetchBackoffAbortError when aborted
   */
  async head(opts: { signal?: AbortSignal | undefined } = {}): Promise<HeadResult> {
    const found = await this.#head(opts.signal);
    return found ? headResult(found.headers) : { exists: false };
  }

  /** Creates the stream, see the static `create()`. Options given here win over the handle's. */
  async create(opts: Omit<CreateOptions, keyof StreamOptions> = {}): Promise<this> {
    const contentType = opts.contentType ?? this.#options.contentType;
    const headers = createHeaders(contentType, opts);
    const body = createBody(opts.body);
    const request = { method: "PUT", headers } as const;
    const response =
      body instanceof ReadableStream
        ? await this.#requests.upload(request, new Upload(body))
        : await this.#requests.send({ ...request, body });
    this.#discover(response.headers.get(CONTENT_TYPE) ?? contentType);
    return this;
  }

  /**
   * Deletes the stream. Repeated after an answer that was lost, it may find that the stream is gone.
   *
   * @throws FetchError 404 when there is none, and for every other refusal; FetchBackoffAbortError when aborted. See
   *   the class for time limits
   */
  async delete(opts: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    await this.#requests.send({ method: "DELETE", signal: opts.signal });
  }

  /**
   * Closes the stream for good, with final content if `body` is given. Without a body it may be repeated.
   *
   * @throws StreamClosedError when a `body` is given and the stream is closed already: perhaps by an attempt of this
   *   call whose answer was lost
   * @throws FetchError for every other refusal; FetchBackoffAbortError when aborted. See the class for time limits
   */
  async close(opts: CloseOptions = {}): Promise<CloseResult> {
    const contentType = this.#contentType(opts.contentType);
    const headers = { ...appendHeaders(contentType, {}), [STREAM_CLOSED]: true as const };
    const body = opts.body === undefined ? undefined : joinContents([opts.body], contentType);
    const { signal } = opts;
    const request = { method: "POST", headers, body, signal } as const;
    const response = await this.#requests.send(request);
    return { finalOffset: response.headers.get(STREAM_NEXT_OFFSET) ?? "" };
  }

  /**
   * Appends a message: bytes or text; on a JSON stream JSON text, or any other value, which is written as JSON. A
   * promise is awaited first. Appends made while another is on its way are sent together, in order, unless the handle
   * has `batching: false`; the time limits then hold for the request, not for the wait before it.
   *
   * @throws StreamClosedError when the stream is closed; DurableStreamError `CONFLICT_SEQ` when `seq` is not greater
   *   than the last, or content types differ (both also `instanceof FetchError`)
   * @throws DurableStreamError `BAD_REQUEST` for a value that is neither bytes nor text when the stream is not JSON, or
   *   its content type is not known, and when some producer fields are missing
   * @throws FetchError for every other refusal; FetchBackoffAbortError when aborted. See the class for time limits
   */
  append(body: unknown, opts: AppendOptions = {}): AppendPromise {
    return this.#append(body, opts) as AppendPromise;
  }

  /**
   * Appends all of a source in one streaming request, without delimiters: one atomic append. Repeated only while
   * nothing was taken from the source. Browsers need HTTP/2 for it. The source may take its time: `attemptTimeout`, or
   * `deadline` if that is shorter, bounds only how long the peer may stand still.
   *
   * @throws as `append()`; the error of `fetch`, or one named `TimeoutError`, when the connection broke after the
   *   source was started; what the source throws
   */
  appendStream(
    source: ReadableStream<Uint8Array | string> | AsyncIterable<Uint8Array | string>,
    opts: AppendOptions = {},
  ): AppendPromise {
    return this.#upload(new Upload(source), opts) as AppendPromise;
  }

  /**
   * A stream to pipe into, in order and without anything stored twice: one batch after the other is sent under a
   * producer's id. Closing it closes the durable stream; aborting it leaves the durable stream open. The first failed
   * batch fails the pipe, as `append()` rejects, or with `StaleEpochError` when another pipe writes under its id; a batch
   * is tried for a minute, or by the handle's `backoffOptions`.
   */
  writable(opts: WritableOptions = {}): WritableStream<Uint8Array | string> {
    return new WritableStream(
      new Pipe({ ...this.#options, contentType: this.#contentType(undefined) }, opts),
    );
  }

  /**
   * Reads the stream, see the function `stream()` for what it rejects with and what `deadline` covers. Headers and
   * params are merged, other options win over the handle's.
   */
  stream<TJson = unknown>(options: Omit<StreamOptions, "url"> = {}): StreamPromise<TJson> {
    const own = this.#options;
    return stream<TJson>({
      ...withDefaults(own, options),
      url: own.url,
      headers: mergeHeaders(own.headers, options.headers),
      params: { ...own.params, ...options.params },
    });
  }

  /** The handle's headers as its next request would send them. Rejects with what a header function throws. */
  resolveHeaders(): Promise<Record<string, string>> {
    return this.#requests.headers();
  }

  async #append(body: unknown, opts: AppendOptions): Promise<AppendResult> {
    const value = body instanceof Promise ? await body : body;
    const contentType = this.#contentType(opts.contentType);
    const content = asContent(value, contentType);
    const append = { content, contentType, seq: opts.seq, signal: opts.signal };
    const isAlone = this.#options.batching === false || opts.producerId !== undefined;
    return isAlone ? sendAppends(this.#requests, [append], opts) : this.#queue.add(append);
  }

  async #upload(upload: Upload, opts: AppendOptions): Promise<AppendResult> {
    const headers = appendHeaders(this.#contentType(opts.contentType), opts);
    const request = { method: "POST", headers, signal: opts.signal } as const;
    const response = await this.#requests.upload(request, upload);
    return appendResult(response, opts);
  }

  /** The answer to a HEAD request; undefined if there is no stream and there need not be one. */
  async #head(signal: AbortSignal | undefined, isRequired = false): Promise<Response | undefined> {
    try {
      const response = await this.#requests.send({ method: "HEAD", signal }, { once: true });
      this.#discover(response.headers.get(CONTENT_TYPE) ?? undefined);
      return response;
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      if (error.status === 404) {
        if (isRequired) throw codedError(error, "NOT_FOUND");
        return undefined;
      }
      throw closedError(error) ?? DurableStreamError.fromFetchError(error);
    }
  }

  #contentType(ofCall: string | undefined): string | undefined {
    return ofCall ?? this.#options.contentType ?? this.contentType;
  }

  #discover(contentType: string | undefined): void {
    if (contentType !== undefined) this.contentType = contentType;
  }
}
