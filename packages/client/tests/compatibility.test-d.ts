/**
 * Type-level proof that the specifier is all a user has to change: what the official declarations accept and give,
 * ours accept and give. Nothing here runs; `npm run types` checks it.
 */
import type * as official from "@durable-streams/client";
import * as ours from "../src/index.ts";

/** Fails to compile unless `Ours` can stand where `Theirs` is expected. */
function standsFor<Theirs, _Ours extends Theirs>(): void {}

/** Options: every value of the official type is a value of ours. */
standsFor<ours.StreamOptions, official.StreamOptions>();
standsFor<ours.StreamHandleOptions, official.StreamHandleOptions>();
standsFor<ours.DurableStreamOptions, official.DurableStreamOptions>();
standsFor<ours.CreateOptions, official.CreateOptions>();
standsFor<ours.AppendOptions, official.AppendOptions>();
standsFor<ours.CloseOptions, official.CloseOptions>();
standsFor<ours.ReadOptions, official.ReadOptions>();
standsFor<ours.IdempotentProducerOptions, official.IdempotentProducerOptions>();
standsFor<ours.BackoffOptions, official.BackoffOptions>();
standsFor<ours.SSEResilienceOptions, official.SSEResilienceOptions>();
standsFor<ours.HeadersRecord, official.HeadersRecord>();
standsFor<ours.ParamsRecord, official.ParamsRecord>();
standsFor<ours.RetryOpts, official.RetryOpts>();
standsFor<ours.LiveMode, official.LiveMode>();
standsFor<ours.LegacyLiveMode, official.LegacyLiveMode>();
standsFor<ours.StreamErrorHandler, (error: Error) => official.RetryOpts | undefined>();
standsFor<ours.StreamErrorHandler, (error: Error) => Promise<official.RetryOpts | undefined>>();
standsFor<ours.StreamErrorHandler, (error: Error) => void>();
standsFor<ours.StreamErrorHandler, (error: Error) => Promise<void>>();

/** Results: every value of our type is a value of the official one. */
standsFor<official.Offset, ours.Offset>();
standsFor<official.HeadResult, ours.HeadResult>();
standsFor<official.CloseResult, ours.CloseResult>();
standsFor<official.IdempotentAppendResult, ours.IdempotentAppendResult>();
standsFor<official.JsonBatchMeta, ours.JsonBatchMeta>();
standsFor<official.JsonBatch<{ a: 1 }>, ours.JsonBatch<{ a: 1 }>>();
standsFor<official.ByteChunk, ours.ByteChunk>();
standsFor<official.TextChunk, ours.TextChunk>();
standsFor<official.StreamResponse<{ a: 1 }>, ours.StreamResponse<{ a: 1 }>>();
standsFor<official.DurableStreamErrorCode, ours.DurableStreamErrorCode>();
standsFor<ours.DurableStreamErrorCode, official.DurableStreamErrorCode>();
standsFor<official.ReadableStreamAsyncIterable<string>, ours.ReadableStreamAsyncIterable<string>>();

/** Values that people change or hand on. */
standsFor<
  typeof official.DURABLE_STREAM_PROTOCOL_QUERY_PARAMS,
  typeof ours.DURABLE_STREAM_PROTOCOL_QUERY_PARAMS
>();
standsFor<
  typeof ours.DURABLE_STREAM_PROTOCOL_QUERY_PARAMS,
  typeof official.DURABLE_STREAM_PROTOCOL_QUERY_PARAMS
>();

/** Functions and classes. */
standsFor<typeof official.stream, typeof ours.stream>();
standsFor<typeof official.createFetchWithBackoff, typeof ours.createFetchWithBackoff>();
standsFor<typeof official.createFetchWithConsumedBody, typeof ours.createFetchWithConsumedBody>();
standsFor<typeof official.asAsyncIterableReadableStream, typeof ours.asAsyncIterableReadableStream>();
standsFor<typeof official.warnIfUsingHttpInBrowser, typeof ours.warnIfUsingHttpInBrowser>();
standsFor<typeof official._resetHttpWarningForTesting, typeof ours._resetHttpWarningForTesting>();
standsFor<typeof official.BackoffDefaults, typeof ours.BackoffDefaults>();
standsFor<typeof official.FetchError, typeof ours.FetchError>();
standsFor<typeof official.FetchBackoffAbortError, typeof ours.FetchBackoffAbortError>();
standsFor<typeof official.DurableStreamError, typeof ours.DurableStreamError>();
standsFor<typeof official.StreamClosedError, typeof ours.StreamClosedError>();
standsFor<typeof official.MissingStreamUrlError, typeof ours.MissingStreamUrlError>();
standsFor<typeof official.InvalidSignalError, typeof ours.InvalidSignalError>();
standsFor<typeof official.StaleEpochError, typeof ours.StaleEpochError>();
standsFor<typeof official.SequenceGapError, typeof ours.SequenceGapError>();

/** Every export is there: a name that we lack is an error here. */
export type Exports = { readonly [Name in keyof typeof official]: (typeof ours)[Name] };

/** Classes with private members compare by name, so their surface is compared member by member. */
type Surface<T> = { readonly [Name in keyof T]: T[Name] };
type Writes = Omit<Surface<official.DurableStream>, "create">;
standsFor<Writes, Surface<ours.DurableStream>>();
standsFor<Surface<official.IdempotentProducer>, Surface<ours.IdempotentProducer>>();
standsFor<
  ConstructorParameters<typeof ours.DurableStream>,
  ConstructorParameters<typeof official.DurableStream>
>();
standsFor<Parameters<typeof ours.DurableStream.create>, Parameters<typeof official.DurableStream.create>>();
standsFor<Parameters<typeof ours.DurableStream.connect>, Parameters<typeof official.DurableStream.connect>>();
standsFor<Parameters<ours.DurableStream["create"]>, Parameters<official.DurableStream["create"]>>();

/** Code in the official style. */
export async function officialStyle(): Promise<void> {
  const handle = await ours.DurableStream.create({
    url: "https://example.com/s",
    contentType: "application/json",
  });
  const appends: Promise<void>[] = [handle.append("1")];
  await Promise.all(appends);
  const response = await handle.stream<{ id: number }>({ live: "sse", offset: "-1" });
  const unsubscribe: () => void = response.subscribeJson(async (batch) => {
    for (const item of batch.items) item.id.toFixed();
  });
  unsubscribe();
  return handle.append("2");
}
