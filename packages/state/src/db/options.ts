import type { DurableStream, DurableStreamOptions, JsonBatch, LiveMode, Offset } from "@perennial/client";
import type { Collection } from "@tanstack/db";
import type { StateErrorHandler } from "../protocol/errors.ts";
import type { ChangeEvent, StateEvent } from "../protocol/events.ts";
import type { CollectionDefinition, StreamStateDefinition } from "../schema/definition.ts";
import type { OpenStream } from "../snapshots/convention.ts";
import type { ActionDefinitions, ActionFactory, ActionMap } from "./actions.ts";

/** Options of `createStreamDB()`. */
export interface CreateStreamDBOptions<
  TDef extends StreamStateDefinition = StreamStateDefinition,
  TActions extends ActionDefinitions = Record<string, never>,
> {
  /** Makes a handle for the stream. Not used when `stream` is given. */
  streamOptions?: DurableStreamOptions | undefined;
  /** The handle to use. */
  stream?: DurableStream | undefined;
  /** How to read on at the tail; `false` stops there. Default true. */
  live?: LiveMode | undefined;
  /** The collections. */
  state: TDef;
  /** Makes the actions. */
  actions?: ActionFactory<TDef, TActions> | undefined;
  /**
   * Where to start: `latest-snapshot` loads the newest snapshot that `compact()` wrote and reads on from there (from
   * the beginning if there is none); an offset reads what follows it. Default `-1`, the beginning.
   */
  from?: Offset | "latest-snapshot" | undefined;
  /** Opens the streams with the snapshots. Default: as the stream itself is opened, with the handle's headers. */
  openStream?: OpenStream | undefined;
  /** Validate every row by its collection's schema, and take the schema's output. Default false. */
  validate?: boolean | undefined;
  /** Keeps the collections of two databases over one stream apart in live queries. Default `stream-db`. */
  id?: string | undefined;
  /** Told of whatever goes wrong while reading. Nothing of it ends the database. Default: `console.error`. */
  onError?: StateErrorHandler | undefined;
  /** Called for each change, those of unknown types included, before its batch is visible. */
  onEvent?: ((event: ChangeEvent) => void) | undefined;
  /** Called with each batch before its changes are looked at. */
  onBeforeBatch?: ((batch: JsonBatch<StateEvent>) => void) | undefined;
  /** Called with each batch after its changes were taken in, before they are visible. */
  onBatch?: ((batch: JsonBatch<StateEvent>) => void) | undefined;
  /** Called when changes have become visible. All up to `offset` is in the collections: a safe checkpoint. */
  onCommit?: ((commit: { offset: Offset }) => void) | undefined;
}

type RowOf<T extends CollectionDefinition> = T extends CollectionDefinition<infer U> ? U : unknown;

/** A database whose collections are the content of a state stream. */
export type StreamDB<TDef extends StreamStateDefinition> = {
  /** The collections by name. */
  collections: { [K in keyof TDef]: Collection<RowOf<TDef[K]> & object, string> };
} & StreamDBMethods;

/** A database with actions. */
export type StreamDBWithActions<
  TDef extends StreamStateDefinition,
  TActions extends ActionDefinitions,
> = StreamDB<TDef> & {
  /** The actions by name. */
  actions: ActionMap<TActions>;
};

/**
 * `idle` before `preload()`; `loading` until the tail is reached; `ready` then, also when a stream has ended; `failed`
 * when the stream cannot be read, until the next `preload()`; `closed` after `close()`.
 */
export type StreamDBStatus = "idle" | "loading" | "ready" | "failed" | "closed";

/** What every database has besides its collections. */
export interface StreamDBMethods {
  /** The handle in use. */
  stream: DurableStream;
  /** The position up to which changes are visible; `-1` before any. */
  readonly offset: Offset;
  /** How far the database is. */
  readonly status: StreamDBStatus;
  /** Why the stream cannot be read, while `status` is `failed`. */
  readonly error: Error | undefined;
  /**
   * Starts reading, and resolves when all that the stream holds is visible. May be called any number of times. Rejects
   * when the stream cannot be read; called again, it tries again from where reading stopped.
   */
  preload: () => Promise<void>;
  /** Stops for good. Rows stay readable; whoever waits is rejected. */
  close: () => void;
  /** More. */
  utils: StreamDBUtils;
}

/** Further methods of a database. */
export interface StreamDBUtils {
  /**
   * Resolves when a change with this `txid` was committed, at once if it was before (of the last 10,000 ids).
   *
   * @param timeout in ms, default 5000
   * @throws Error `Timeout waiting for txid: …`, `StreamDB closed`, or what ended the reading
   */
  awaitTxId: (txid: string, timeout?: number) => Promise<void>;
}
