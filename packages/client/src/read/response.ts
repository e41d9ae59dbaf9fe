import type { ReadableStreamAsyncIterable } from "../async-iterable.ts";
import type { ByteChunk, JsonBatch, TextChunk } from "../batches.ts";
import type { LiveMode, Offset } from "../options.ts";

/**
 * What `stream()` returns: a promise of the response, and the messages themselves for `for await`, which is then the
 * one way of consumption. Leaving the loop ends the session.
 */
export type StreamPromise<TJson = unknown> = Promise<StreamResponse<TJson>> & AsyncIterable<TJson>;

/**
 * A read session: the first response has arrived, its body is unread. Call exactly one consumption method; a second
 * one fails with `ALREADY_CONSUMED`.
 *
 * @example
 * ```ts
 * import { stream } from "@perennial/client";
 * const response = await stream<{ id: number }>({ url: "https://example.com/streams/orders", offset: "-1" });
 * const stop = response.subscribeJson(async (batch) => {
 *   for (const order of batch.items) console.log(order.id);
 *   localStorage.setItem("orders-offset", batch.offset);
 * });
 * await response.closed;
 * stop();
 * ```
 */
export interface StreamResponse<TJson = unknown> {
  /** The stream's address as it was given, without the protocol's parameters. */
  readonly url: string;
  /** Content type of the first response. */
  readonly contentType?: string;
  /** The live mode in force from the start. */
  readonly live: LiveMode;
  /** The offset that the session was asked to start from. */
  readonly startOffset: Offset;
  /** Headers of the latest plain response. */
  readonly headers: Headers;
  /** Status of the latest plain response; 204 after a long-poll that ran out. */
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  /** Always false: the first response is there. */
  readonly isLoading: boolean;
  /** Offset after what was delivered. Store it after a promise helper; store `batch.offset` in subscribers. */
  readonly offset: Offset;
  /** Cache hint for the next live request. */
  readonly cursor?: string;
  /** Whether what was delivered reached the tail. */
  readonly upToDate: boolean;
  /** Whether the stream is closed and everything was delivered. */
  readonly streamClosed: boolean;

  /**
   * All bytes up to the tail. Rejects with what ended the session: FetchError for a refusal; DurableStreamError
   * `PARSE_ERROR` for data that does not parse, `NOT_FOUND` for a stream that was replaced, `ALREADY_CONSUMED`; the
   * error of `fetch` or of a body, or one named `TimeoutError`, when connections failed for longer than
   * `backoffOptions.deadline`, or more often than `maxRetries`; `UNKNOWN` when a page broke off time and again and brought
   * nothing new.
   */
  body(): Promise<Uint8Array>;
  /** All messages up to the tail. Rejects as `body()`, and with `BAD_REQUEST` when the stream is not JSON. */
  json<T = TJson>(): Promise<Array<T>>;
  /** All text up to the tail. Rejects as `body()`. */
  text(): Promise<string>;
  /**
   * Bytes as they arrive. Cancelling the stream, or leaving its loop, ends the session. The stream fails as `body()`
   * rejects. Throws `ALREADY_CONSUMED`.
   */
  bodyStream(): ReadableStreamAsyncIterable<Uint8Array>;
  /** Messages one by one, as `bodyStream()`. Throws `BAD_REQUEST` when the stream is not JSON. */
  jsonStream(): ReadableStreamAsyncIterable<TJson>;
  /** Text as it arrives, as `bodyStream()`; a character is never cut. */
  textStream(): ReadableStreamAsyncIterable<string>;
  /**
   * Calls back for every response or SSE flush, the empty ones included, and waits for the callback before the next.
   * A callback that throws ends the session and rejects `closed`. Throws `ALREADY_CONSUMED`, and `BAD_REQUEST` when the
   * stream is not JSON.
   *
   * @returns ends the session; may be called from the callback, and more than once
   */
  subscribeJson<T = TJson>(subscriber: (batch: JsonBatch<T>) => void | Promise<void>): () => void;
  /**
   * As `subscribeJson`, for bytes. With `onPiece` a page need not fit into memory: what arrives of it before its end is
   * given there at once, and the chunk holds the rest. After a broken connection nothing is given twice.
   */
  subscribeBytes(
    subscriber: (chunk: ByteChunk) => void | Promise<void>,
    onPiece?: (piece: Uint8Array) => void | Promise<void>,
  ): () => void;
  /** As `subscribeJson`, for text. */
  subscribeText(subscriber: (chunk: TextChunk) => void | Promise<void>): () => void;

  /** Ends the session: requests are given up, readers see the end, `closed` resolves. */
  cancel(reason?: unknown): void;
  /**
   * Settles when the session is over and the last delivery was taken. Rejects with what ended the session (see `body()`,
   * or what a subscriber threw), unless that was its consumer or signal. Nobody needs to watch it.
   */
  readonly closed: Promise<void>;
}
