export { type AppendEventsOptions, appendEvents } from "./append-events.ts";
export type { BatchPosition, Updates } from "./materialize/fold.ts";
export { MaterializedState, type MaterializedStateOptions } from "./materialize/materialized-state.ts";
export {
  type MessagePosition,
  type StateErrorCode,
  type StateErrorHandler,
  StateStreamError,
} from "./protocol/errors.ts";
export type {
  ChangeEvent,
  ChangeHeaders,
  ControlEvent,
  Operation,
  Row,
  StateEvent,
  Value,
} from "./protocol/events.ts";
export { isChangeEvent, isControlEvent } from "./protocol/guards.ts";
export { createStateSchema } from "./schema/create-state-schema.ts";
export type {
  CollectionDefinition,
  CollectionEventHelpers,
  CollectionWithHelpers,
  StateSchema,
  StreamStateDefinition,
} from "./schema/definition.ts";
export { type CompactOptions, type CompactResult, compact } from "./snapshots/compact.ts";
export type { OpenStream } from "./snapshots/convention.ts";
export { deleteSnapshots } from "./snapshots/delete-snapshots.ts";
export { type LoadOptions, latestSnapshot, type Snapshot } from "./snapshots/load.ts";
export { type Materialized, type MaterializeOptions, materialize } from "./snapshots/materialize.ts";
export { type PublishedSnapshot, type PublishOptions, publishSnapshot } from "./snapshots/publish.ts";
