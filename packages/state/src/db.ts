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
export type {
  CreateStreamDBOptions,
  StreamDB,
  StreamDBMethods,
  StreamDBStatus,
  StreamDBUtils,
  StreamDBWithActions,
} from "./db/options.ts";
export * from "./index.ts";
