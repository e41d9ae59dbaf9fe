import { DurableStream, type DurableStreamOptions } from "@perennial/client";
import { guarded, reportToConsole } from "../protocol/errors.ts";
import type { StreamStateDefinition } from "../schema/definition.ts";
import { type ActionDefinitions, createActions } from "./actions.ts";
import { getStreamDBCollectionId } from "./collection-id.ts";
import { createDropWatch } from "./drop-watch.ts";
import type { CreateStreamDBOptions, StreamDBWithActions } from "./options.ts";
import { Reader } from "./reader.ts";
import type { StreamDB } from "./stream-db.ts";
import { Tables } from "./tables.ts";

/** How long `awaitTxId` waits where the caller does not say, in ms. */
const TXID_TIMEOUT_MS = 5_000;

/**
 * Makes a database whose collections are the content of a state stream. Nothing is sent before `preload()`, and the
 * stream is not created: whoever owns it does that.
 *
 * @throws Error without `stream` and `streamOptions`
 * @example
 * ```ts
 * import { createStateSchema, createStreamDB } from "@perennial/state/db";
 * import { z } from "zod";
 * const state = createStateSchema({
 *   users: { schema: z.object({ id: z.string(), name: z.string() }), type: "user", primaryKey: "id" },
 * });
 * const db = createStreamDB({ streamOptions: { url: "https://example.com/streams/board" }, state });
 * await db.preload();
 * console.log(db.collections.users.get("1")?.name);
 * db.close();
 * ```
 */
export function createStreamDB<
  TDef extends StreamStateDefinition,
  TActions extends ActionDefinitions = Record<string, never>,
>(
  options: CreateStreamDBOptions<TDef, TActions>,
): TActions extends Record<string, never> ? StreamDB<TDef> : StreamDBWithActions<TDef, TActions> {
  const stream = options.stream ?? handleFor(options.streamOptions);
  const idOf = (name: string) => getStreamDBCollectionId(stream.url, name, options.id);
  // Who has decided needs no advice.
  const dropWatch = options.updates === undefined ? createDropWatch() : undefined;
  const tables = new Tables(options.state, idOf, options.validate ?? false, dropWatch);
  const reader = new Reader(
    {
      stream,
      live: options.live ?? true,
      from: options.from ?? "-1",
      openStream: options.openStream ?? openerFor(options),
      hooks: options,
      updates: options.updates ?? "replace",
      onError: guarded(options.onError ?? reportToConsole),
    },
    tables,
  );
  const db = assemble(stream, tables, reader) as StreamDB<TDef>;
  if (options.actions !== undefined) {
    // The factory gets the database without them, and keeps the object that is returned.
    const value = createActions(options.actions({ db, stream }));
    Object.defineProperty(db, "actions", { value, enumerable: true });
  }
  return db as ReturnType<typeof createStreamDB<TDef, TActions>>;
}

function handleFor(streamOptions: DurableStreamOptions | undefined): DurableStream {
  if (streamOptions === undefined) throw new Error("createStreamDB requires stream or streamOptions");
  return new DurableStream(streamOptions);
}

/** Opens streams beside the database's own with the same options, where these are known. */
function openerFor({ stream, streamOptions }: Pick<CreateStreamDBOptions, "stream" | "streamOptions">) {
  if (stream !== undefined || streamOptions === undefined) return undefined;
  return (url: string) => new DurableStream({ ...streamOptions, url });
}

/** The object that applications see. It has no prototype, so that nothing but what is listed here is in it. */
function assemble(stream: DurableStream, tables: Tables, reader: Reader): object {
  const awaitTxId = (txid: string, timeout = TXID_TIMEOUT_MS) => reader.transactions.wait(txid, timeout);
  return Object.create(null, {
    collections: { value: tables.collections, enumerable: true },
    stream: { value: stream, enumerable: true },
    offset: { get: () => reader.offset, enumerable: true },
    status: { get: () => reader.status, enumerable: true },
    error: { get: () => reader.error, enumerable: true },
    preload: { value: () => reader.preload(), enumerable: true },
    close: { value: () => reader.close(), enumerable: true },
    utils: { value: { awaitTxId, onStatusChange: reader.subscribe.bind(reader) }, enumerable: true },
  });
}
