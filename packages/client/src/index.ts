export { asAsyncIterableReadableStream, type ReadableStreamAsyncIterable } from "./async-iterable.ts";
export type { ByteChunk, JsonBatch, JsonBatchMeta, TextChunk } from "./batches.ts";
export * from "./constants.ts";
export { FetchBackoffAbortError } from "./errors/abort-error.ts";
export type { DurableStreamErrorCode, FetchErrorCode } from "./errors/codes.ts";
export { DurableStreamError, StreamClosedError } from "./errors/durable-stream-error.ts";
export { FetchError } from "./errors/fetch-error.ts";
export { InvalidSignalError, MissingStreamUrlError } from "./errors/option-errors.ts";
export { SequenceGapError, StaleEpochError } from "./errors/producer-errors.ts";
export { DurableStream } from "./handle/durable-stream.ts";
export { BackoffDefaults } from "./http/backoff.ts";
export { createFetchWithConsumedBody } from "./http/consumed-body.ts";
export { createFetchWithBackoff } from "./http/fetch-with-backoff.ts";
export { _resetHttpWarningForTesting, warnIfUsingHttpInBrowser } from "./http/http-warning.ts";
export type {
  AppendOptions,
  AppendPromise,
  AppendResult,
  CloseOptions,
  CloseResult,
  CreateOptions,
  DurableStreamOptions,
  HeadersRecord,
  HeadResult,
  IdempotentAppendResult,
  IdempotentProducerOptions,
  LegacyLiveMode,
  LiveMode,
  MaybePromise,
  Offset,
  ParamsRecord,
  ReadOptions,
  RetryOpts,
  StreamErrorHandler,
  StreamHandleOptions,
  StreamOptions,
  WritableOptions,
} from "./options.ts";
export { IdempotentProducer } from "./producer/idempotent-producer.ts";
export type { StreamPromise, StreamResponse } from "./read/response.ts";
export type { BackoffOptions, SSEResilienceOptions } from "./resilience-options.ts";
export { stream } from "./stream.ts";
export type { VisibilitySource } from "./visibility.ts";
