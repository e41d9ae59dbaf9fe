/**
 * What a change does to the entity named by `(type, key)`. `insert`, `update` and `upsert` all store or replace it;
 * they differ in what the writer meant. The protocol's text names the first three, the field uses all four.
 */
export type Operation = "insert" | "update" | "delete" | "upsert";

/** A JSON value. `bigint` is in the type for its users' sake but cannot travel as JSON. */
export type Value<Extensions = never> =
  | string
  | number
  | boolean
  | bigint
  | null
  | Array<Value<Extensions>>
  | { [key: string]: Value<Extensions> }
  | Extensions;

/** A JSON object. */
export type Row<Extensions = never> = Record<string, Value<Extensions>>;

/** Headers of a change. Writers may add string headers of their own. */
export type ChangeHeaders = {
  operation: Operation;
  /** The writer's id for the transaction the change belongs to. Opaque, not empty. */
  txid?: string;
  /** When the change was made, RFC 3339. */
  timestamp?: string;
  /** Who made the change. */
  from?: string;
  /** Where the stream goes on after the change. Set by some servers on read, never by writers. */
  offset?: string;
};

/** A change of one entity. */
export type ChangeEvent<T = unknown> = {
  /** Which kind of entity. Not empty. */
  type: string;
  /** Which entity of that kind. Not empty. */
  key: string;
  /** The entity after the change. Present unless the operation is `delete`. */
  value?: T;
  /** The entity before the change, for audits. */
  old_value?: T;
  headers: ChangeHeaders;
};

/** A message to the readers of a state stream. */
export type ControlEvent = {
  headers: {
    /**
     * `reset`: forget everything and go on. `snapshot-start` and `snapshot-end`: the changes between them are the
     * complete state.
     */
    control: "snapshot-start" | "snapshot-end" | "reset";
    /** A position in the stream that the state belongs to. */
    offset?: string;
  };
};

/** A message of a state stream. */
export type StateEvent<T = unknown> = ChangeEvent<T> | ControlEvent;
