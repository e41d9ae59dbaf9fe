export {
  and,
  avg,
  type Collection,
  coalesce,
  concat,
  count,
  createCollection,
  createLiveQueryCollection,
  createOptimisticAction,
  createTransaction,
  deepEquals,
  eq,
  gt,
  gte,
  ilike,
  inArray,
  isNull,
  isUndefined,
  like,
  localOnlyCollectionOptions,
  lt,
  lte,
  max,
  min,
  not,
  or,
  queryOnce,
  type SyncConfig,
  sum,
  toArray,
} from "@tanstack/db";
export type { ActionDefinition, ActionFactory, ActionMap } from "./db/actions.ts";
export { getStreamDBCollectionId } from "./db/collection-id.ts";
export { createStreamDB } from "./db/create-stream-db.ts";
export type { CreateStreamDBOptions, StreamDBWithActions } from "./db/options.ts";
export type { StreamDB, StreamDBMethods, StreamDBStatus, StreamDBUtils } from "./db/stream-db.ts";
export * from "./index.ts";
