import type { DurableStream, DurableStreamOptions, JsonBatch, LiveMode, Offset } from "@perennial/client";
import type { Updates } from "../materialize/fold.ts";
import type { StateErrorHandler } from "../protocol/errors.ts";
import type { ChangeEvent, StateEvent } from "../protocol/events.ts";
import type { StreamStateDefinition } from "../schema/definition.ts";
import type { OpenStream } from "../snapshots/convention.ts";
import type { ActionDefinitions, ActionFactory, ActionMap } from "./actions.ts";
import type { StreamDB } from "./stream-db.ts";

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
  /**
   * What a change does to a row that is there: `replace` it, as the protocol has it, or `merge` its fields into it, for
   * streams whose writers counted on that. Default `replace`, with a warning in development when an update drops fields.
   */
  updates?: Updates | undefined;
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

/** A database with actions. */
export type StreamDBWithActions<
  TDef extends StreamStateDefinition,
  TActions extends ActionDefinitions,
> = StreamDB<TDef> & {
  /** The actions by name. */
  actions: ActionMap<TActions>;
};
