import type { DurableStream, JsonBatch, Offset } from "@perennial/client";
import type { Updates } from "../materialize/fold.ts";
import { MaterializedState } from "../materialize/materialized-state.ts";
import { reportToConsole, type StateErrorHandler } from "../protocol/errors.ts";
import type { StateEvent } from "../protocol/events.ts";
import type { OpenStream } from "./convention.ts";
import { loadLatestSnapshot } from "./load.ts";

/** Options of `materialize()`. */
export interface MaterializeOptions {
  /** Opens the streams with the snapshots. Default: with the headers of the stream's handle. */
  openStream?: OpenStream | undefined;
  /** Gives up. */
  signal?: AbortSignal | undefined;
  /** Told of every message that could not be applied as it stands. Default: `console.error`. */
  onError?: StateErrorHandler | undefined;
  /** What a change does to an entity that is there. Default `replace`. */
  updates?: Updates | undefined;
}

/** The state of a stream at a position. */
export interface Materialized {
  readonly state: MaterializedState;
  /** The position: apply what follows it to bring the state up to date. */
  readonly offset: Offset;
  /** The snapshot it was read from, if there was one. */
  readonly snapshot: { readonly name: string; readonly offset: Offset } | undefined;
}

/**
 * Reads the state of a stream as it is now: its newest snapshot, if there is one, and what follows.
 *
 * @throws FetchError and others, as `DurableStream.stream()`
 * @example
 * ```ts
 * import { DurableStream } from "@perennial/client";
 * import { materialize } from "@perennial/state";
 * const { state, offset } = await materialize(new DurableStream({ url: "https://example.com/streams/board" }));
 * console.log(state.getType("user").size, "users at", offset);
 * ```
 */
export async function materialize(
  stream: DurableStream,
  options: MaterializeOptions = {},
): Promise<Materialized> {
  const { openStream, signal, onError = reportToConsole, updates } = options;
  const snapshot = await loadLatestSnapshot(stream, { openStream, signal, onError });
  const state = new MaterializedState({ onError, updates });
  state.applyBatch(snapshot?.events ?? []);
  let offset = snapshot?.offset ?? "-1";
  const response = await stream.stream<StateEvent>({ offset, live: false, json: true, signal });
  response.subscribeJson((batch: JsonBatch<StateEvent>) => {
    state.applyBatch(batch.items, { after: offset, offset: batch.offset });
    offset = batch.offset;
  });
  await response.closed;
  signal?.throwIfAborted();
  return { state, offset, snapshot };
}
