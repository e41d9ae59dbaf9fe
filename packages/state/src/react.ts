import { type DependencyList, useEffect, useMemo, useReducer, useSyncExternalStore } from "react";
import type { StreamDBMethods, StreamDBStatus } from "./db/stream-db.ts";

/** What `useStreamDB()` gives. */
export interface UsedStreamDB<DB> {
  /** The database. Its collections may be queried from the first rendering on; they are empty then. */
  readonly db: DB;
  /** How far it is. The component is rendered again when this changes. */
  readonly status: StreamDBStatus;
  /** Why the stream cannot be read, while `status` is `failed`. */
  readonly error: Error | undefined;
}

/**
 * Opens a database for as long as a component is shown: it is read from when the component appears, and closed when it
 * disappears. What React does twice in StrictMode, or undoes and does again (`Activity`, Fast Refresh), leaves no error
 * and no reader behind: a component that comes back gets a new database.
 *
 * @param open makes the database with `createStreamDB()`; called again when one of `dependencies` changes
 * @example
 * ```ts
 * import { createStateSchema, createStreamDB } from "@perennial/state/db";
 * import { useStreamDB } from "@perennial/state/react";
 * import { z } from "zod";
 * const state = createStateSchema({
 *   users: { schema: z.object({ id: z.string(), name: z.string() }), type: "user", primaryKey: "id" },
 * });
 * function useBoard(url: string) {
 *   return useStreamDB(() => createStreamDB({ streamOptions: { url }, state }), [url]);
 * }
 * ```
 */
export function useStreamDB<DB extends StreamDBMethods>(
  open: () => DB,
  dependencies: DependencyList = [],
): UsedStreamDB<DB> {
  const [generation, renew] = useReducer((count: number) => count + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what `open` depends on, as for an effect.
  const db = useMemo(open, [...dependencies, generation]);
  useEffect(() => {
    // A database is closed for good. This one was when the effect was undone before.
    if (db.status === "closed") {
      renew();
      return undefined;
    }
    // What fails is in `status` and `error`, and `onError` is told.
    db.preload().catch(() => {});
    return () => db.close();
  }, [db]);
  const status = useSyncExternalStore(
    db.utils.onStatusChange,
    () => db.status,
    () => "idle" as const,
  );
  return { db, status, error: db.error };
}
