import type { BackoffOptions, SSEResilienceOptions } from "./resilience-options.ts";
import type { VisibilitySource } from "./visibility.ts";

/** A position in a stream, as the server gave it. Opaque: store it and pass it back, never derive one. */
export type Offset = string;

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Request headers. A function is called for every request, so a short-lived token is never stale.
 *
 * @example
 * ```ts
 * import type { HeadersRecord } from "@perennial/client";
 * const headers: HeadersRecord = { authorization: async () => `Bearer ${await Promise.resolve("token")}` };
 * ```
 */
export type HeadersRecord = { [key: string]: string | (() => MaybePromise<string>) };

/** Query parameters. A function is called for every request; `undefined` leaves the parameter out. */
export type ParamsRecord = { [key: string]: string | (() => MaybePromise<string>) | undefined };

/**
 * What to do at the tail: `false` stops there; `"long-poll"` and `"sse"` wait for more; `true` means `"long-poll"`.
 */
export type LiveMode = boolean | "long-poll" | "sse";

/** The live modes by name. */
export type LegacyLiveMode = "long-poll" | "sse";

/** What a function without a result returns. */
type Nothing = ReturnType<() => void>;

/** How a handler of failed requests wants the request repeated. Keys given replace those in force, for good. */
export type RetryOpts = { params?: ParamsRecord; headers?: HeadersRecord };

/**
 * Decides about a failed request. An object (even an empty one) repeats the request with its `headers` and `params`
 * merged over those in force; nothing lets the error through.
 *
 * @example
 * ```ts
 * import { FetchError, type StreamErrorHandler } from "@perennial/client";
 * const refresh = async () => "new-token";
 * const onError: StreamErrorHandler = async (error) =>
 *   error instanceof FetchError && error.status === 401
 *     ? { headers: { authorization: `Bearer ${await refresh()}` } }
 *     : undefined;
 * ```
 */
export type StreamErrorHandler = (error: Error) => MaybePromise<Nothing | RetryOpts>;

/** Options of `stream()`. */
export interface StreamOptions {
  /** The stream's absolute address. Its own query is kept. */
  url: string | URL;
  /** Sent with every request. */
  headers?: HeadersRecord | undefined;
  /** Added to every request's query. `offset`, `live` and `cursor` belong to the protocol and are refused. */
  params?: ParamsRecord | undefined;
  /** Ends the session: readers see the end of the stream. */
  signal?: AbortSignal | undefined;
  /** Used instead of the global `fetch`, which is otherwise looked up at each call. */
  fetch?: typeof globalThis.fetch | undefined;
  /** How failed requests are repeated. Default: `BackoffDefaults`. */
  backoffOptions?: Partial<BackoffOptions> | undefined;
  /** Where to start: an offset from the server, `-1` (start) or `now` (tail). Default `-1`. */
  offset?: Offset | undefined;
  /** What to do at the tail. Default true. */
  live?: LiveMode | undefined;
  /** Treat the stream as JSON whatever its content type says. Default false. */
  json?: boolean | undefined;
  /** Asked about every request of the session that failed for good. */
  onError?: StreamErrorHandler | undefined;
  /**
   * The stream was deleted and created again while it was read, or a cache gave pages of its former life: what was
   * delivered is no part of what comes. True starts over from the beginning, past caches; promise helpers forget what
   * they had, other consumers must. Otherwise the session fails with `NOT_FOUND`.
   */
  onReplaced?: (() => MaybePromise<boolean>) | undefined;
  /** When SSE falls back to long-polling. */
  sseResilience?: SSEResilienceOptions | undefined;
  /** Warn when a browser reads over plain HTTP. Default true. */
  warnOnHttp?: boolean | undefined;
  /**
   * A live connection silent for this long is cut and resumed, in ms. Default 45,000: three heartbeats of a server
   * that sends one every 15 s. At most 25 days, so `Infinity` in effect never cuts.
   */
  silenceTimeout?: number | undefined;
  /** When the app is in the background, so that live requests pause. Default: the page's; `false` never pauses. */
  visibility?: VisibilitySource | false | undefined;
}

/** Options of a handle. */
export interface StreamHandleOptions {
  /** The stream's absolute address. */
  url: string | URL;
  /** Sent with every request. */
  headers?: HeadersRecord | undefined;
  /** Added to every request's query. */
  params?: ParamsRecord | undefined;
  /** Used instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Gives up this handle's requests when aborted. */
  signal?: AbortSignal | undefined;
  /** The stream's content type. Default: what `create`, `connect` or `head` found. */
  contentType?: string | undefined;
  /** Asked about failed reads, see `StreamOptions`. */
  onError?: StreamErrorHandler | undefined;
  /** Whether appends made while one is on its way are sent together. Default true. */
  batching?: boolean | undefined;
  /** Warn when a browser uses plain HTTP. Default true. */
  warnOnHttp?: boolean | undefined;
}

/** Options of `new DurableStream()`. */
export interface DurableStreamOptions extends StreamHandleOptions {
  /** How failed requests are repeated. Default: `BackoffDefaults`. */
  backoffOptions?: Partial<BackoffOptions> | undefined;
}

/** Options of `DurableStream.create()`. */
export interface CreateOptions extends StreamHandleOptions {
  /** Time to live, in seconds. Renewed by use. */
  ttlSeconds?: number | undefined;
  /** When the stream ends to exist, RFC 3339. */
  expiresAt?: string | undefined;
  /**
   * The most bytes that the stream may hold, 1 to 2^53 - 1; on JSON streams each message counts with a comma. An append
   * that would go beyond it is refused whole with 413, `TOO_LARGE`. An extension of Perennial's server; others ignore it.
   * Default: no limit, and for a fork its source's.
   */
  maxBytes?: number | undefined;
  /** The stream's first content. */
  body?: BodyInit | Uint8Array | string | undefined;
  /** Create the stream closed: `body` is all it will ever hold. Default false. */
  closed?: boolean | undefined;
  /** Path of the stream to fork, for example `/streams/chat-1`. Sent with the creating request only. */
  forkedFrom?: string | undefined;
  /** Offset up to which the fork shares its source's content. */
  forkOffset?: Offset | undefined;
  /** Messages (JSON) or bytes shared beyond `forkOffset`. */
  forkSubOffset?: number | undefined;
  /** How failed requests are repeated. Default: `BackoffDefaults`. */
  backoffOptions?: Partial<BackoffOptions> | undefined;
}

/** Options of `append()` and `appendStream()`. */
export interface AppendOptions {
  /** The writer's ordering token; the server refuses one that is not greater than the last, compared as text. */
  seq?: string | undefined;
  /** The body's content type. Default: the stream's. */
  contentType?: string | undefined;
  /** Gives up this append, and no other. */
  signal?: AbortSignal | undefined;
  /** Names the producer. Given with `producerEpoch` and `producerSeq`, a repeated append is stored once. */
  producerId?: string | undefined;
  /** The producer's epoch. */
  producerEpoch?: number | undefined;
  /** The append's sequence number in that epoch, from 0. */
  producerSeq?: number | undefined;
}

/** What became of an append: where the stream's tail is now. */
export interface AppendResult {
  /** The tail after the append; empty if the server did not say. */
  readonly offset: Offset;
  /** Whether the server had stored it before. Only ever true with producer fields. */
  readonly duplicate: boolean;
}

/**
 * The promise of an append. It is also a `Promise<void>`, so that functions written for appends without a result keep
 * their types.
 */
export type AppendPromise = Promise<void> & Promise<AppendResult>;

/** Options of `DurableStream.writable()`. */
export type WritableOptions = Pick<
  IdempotentProducerOptions,
  "headers" | "lingerMs" | "maxBatchBytes" | "onError"
> & {
  /** Default: random. A pipe that is started under the same id later takes the earlier one's place. */
  producerId?: string | undefined;
  /** Gives up what is not stored yet. */
  signal?: AbortSignal | undefined;
};

/** Options of `DurableStream.close()`. */
export interface CloseOptions {
  /** Final content, appended together with the close. */
  body?: Uint8Array | string | undefined;
  /** The body's content type. Default: the stream's. */
  contentType?: string | undefined;
  /** Gives up the request. */
  signal?: AbortSignal | undefined;
}

/** Result of a close. */
export interface CloseResult {
  /** The offset at which the stream ended; empty if the server did not say. */
  finalOffset: Offset;
}

/** Where and how to read. */
export interface ReadOptions {
  /** Where to start. Default `-1`. */
  offset?: Offset | undefined;
  /** What to do at the tail. Default true. */
  live?: boolean | LegacyLiveMode | undefined;
  /** The cursor of an earlier response. */
  cursor?: string | undefined;
  /** Ends the session. */
  signal?: AbortSignal | undefined;
}

/** What a HEAD request found. */
export type HeadResult =
  | {
      exists: true;
      contentType?: string;
      /** The tail. */
      offset?: Offset;
      etag?: string;
      cacheControl?: string;
      streamClosed: boolean;
      /** Time to live, in seconds, if the stream has one. */
      ttlSeconds?: number;
      /** Expiry time, RFC 3339, if the stream has one. */
      expiresAt?: string;
      /** The most bytes that it may hold, if it was created with a limit. */
      maxBytes?: number;
    }
  | { exists: false };

/** Options of `IdempotentProducer`. */
export interface IdempotentProducerOptions {
  /**
   * The epoch to write under. Default: with `autoClaim` one that no other producer has; without, 0, and a stream that
   * knows the id already refuses the first batch with `StaleEpochError`. Whoever gives epochs must give each producer
   * its own.
   */
  epoch?: number | undefined;
  /** Take over from other producers with this id: those before, and those that take over meanwhile. Default false. */
  autoClaim?: boolean | undefined;
  /**
   * The same batches are sent again on purpose, under the same `epoch`: what the server has under a number counts as
   * stored, whoever sent it. Default false.
   */
  replay?: boolean | undefined;
  /** A batch of at least this size is sent at once, in bytes. Default 1,048,576. */
  maxBatchBytes?: number | undefined;
  /** A smaller batch waits this long for more messages, in ms. Default 5. */
  lingerMs?: number | undefined;
  /** Batches on their way at once. Default 5. */
  maxInFlight?: number | undefined;
  /** Used instead of the handle's `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Sent in addition to the handle's headers. */
  headers?: HeadersRecord | undefined;
  /** Gives up what is not stored yet. */
  signal?: AbortSignal | undefined;
  /** Told about every batch that could not be stored. */
  onError?: ((error: Error) => void) | undefined;
  /**
   * How a batch is repeated after a network failure, 429 or 5xx. Default: the handle's; without one, waits of up to
   * 5 s and a deadline of 60 s.
   */
  backoffOptions?: Partial<BackoffOptions> | undefined;
}

/** What became of an append. */
export interface IdempotentAppendResult {
  /** The stream's tail after it. */
  offset: Offset;
  /** Whether the server had stored it before. */
  duplicate: boolean;
}
