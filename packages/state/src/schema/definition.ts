import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ChangeEvent } from "../protocol/events.ts";

/** One collection of a state stream. */
export interface CollectionDefinition<T = unknown> {
  /** Judges one row. Any library that speaks Standard Schema. */
  schema: StandardSchemaV1<T>;
  /** The `type` of the changes that belong to this collection. */
  type: string;
  /** The property of a row that holds its key. */
  primaryKey: string;
}

/** Headers that a writer adds to a change. The operation is not his to choose. */
export type AddedHeaders = Omit<Record<string, string>, "operation">;

/** Makers of valid changes for one collection. They make events and send nothing. */
export interface CollectionEventHelpers<T> {
  /** A new entity. The key is `key`, else the value's primary key. */
  insert: (params: { key?: string; value: T; headers?: AddedHeaders }) => ChangeEvent<T>;
  /** An entity's new value, which replaces the old one. The key is `key`, else the value's primary key. */
  update: (params: { key?: string; value: T; oldValue?: T; headers?: AddedHeaders }) => ChangeEvent<T>;
  /** The end of an entity. The key is `key`, else the old value's primary key. */
  delete: (params: { key?: string; oldValue?: T; headers?: AddedHeaders }) => ChangeEvent<T>;
  /** An entity's value, new or not. The key is `key`, else the value's primary key. */
  upsert: (params: { key?: string; value: T; headers?: AddedHeaders }) => ChangeEvent<T>;
}

/** A collection's definition together with its makers of changes. */
export type CollectionWithHelpers<T = unknown> = CollectionDefinition<T> & CollectionEventHelpers<T>;

/** The collections of a state stream, by name. */
export type StreamStateDefinition = Record<string, CollectionDefinition>;

/** The collections of a state stream, by name, with their makers of changes. */
export type StateSchema<T extends Record<string, CollectionDefinition>> = {
  [K in keyof T]: CollectionWithHelpers<T[K] extends CollectionDefinition<infer U> ? U : unknown>;
};
