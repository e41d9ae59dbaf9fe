import type { DurableStream, Offset } from "@perennial/client";
import type { Collection } from "@tanstack/db";
import type { CollectionDefinition, StreamStateDefinition } from "../schema/definition.ts";

type RowOf<T extends CollectionDefinition> = T extends CollectionDefinition<infer U> ? U : unknown;

/** A database whose collections are the content of a state stream. */
export type StreamDB<TDef extends StreamStateDefinition> = {
  /** The collections by name. */
  collections: { [K in keyof TDef]: Collection<RowOf<TDef[K]> & object, string> };
} & StreamDBMethods;

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
   * Starts reading, and resolves when all that the stream holds is visible, or when `close()` was called: look at
   * `status` where that may be. May be called any number of times. Rejects when the stream cannot be read, which
   * `onError` is told as well; called again, it tries again from where reading stopped.
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
   * @throws TypeError when `txid` is no text that is not empty
   * @throws Error `Timeout waiting for txid: …`, `StreamDB closed`, or what ended the reading
   */
  awaitTxId: (txid: string, timeout?: number) => Promise<void>;
  /** Calls back whenever `status` has changed. Returns a function that ends this. */
  onStatusChange: (listener: () => void) => () => void;
}
