/**
 * What one stream is: the outcome of all records decided about it so far.
 *
 * A state is changed by `evolve` alone (and put back by `restore` when a record could not be made durable).
 * Everything here survives a restart; what only matters while the process runs (readers, what is already
 * durable) lives beside it, in the catalogue's `Stream`.
 */
import type { KnownProducers } from "./known-producers.ts";

/** The producer request that closed a stream, so that its retry is recognised (protocol §8). */
export interface ClosingTuple {
  readonly producerId: string;
  readonly epoch: number;
  readonly seq: number;
}

/** Where a fork came from and where it left its source (protocol §6). */
export interface ForkOrigin {
  readonly sourceId: number;
  readonly sourcePath: string;
  /** The position named by `Stream-Fork-Offset`, or the source's tail when the request named none. */
  readonly anchor: number;
  /** `Stream-Fork-Sub-Offset` as the client gave it: messages for JSON, bytes otherwise. */
  readonly subOffset: number;
  /** The position at which the fork leaves its source: bytes before it are the source's. */
  readonly offset: number;
  /** Whether a request without TTL and expiry names this fork's lifetime (it has its source's). */
  readonly inheritsLifetime: boolean;
  /** Whether a request without `Stream-Max-Bytes` names this fork's limit (it has its source's). */
  readonly inheritsMaxBytes: boolean;
}

/**
 * `live`: in use. `soft-deleted`: gone for clients, but its bytes still serve forks (protocol §15.3).
 * `removed`: gone altogether.
 */
export type Life = "live" | "soft-deleted" | "removed";

export interface StreamState {
  /** Identifies this life of the stream: never reused, also not for the same path. */
  readonly id: number;
  /** Canonical path, from the origin's root. */
  readonly path: string;
  /** As sent at creation, byte for byte. */
  readonly contentType: string;
  /** JSON mode (protocol §11): stored bytes are messages, each followed by one comma. */
  readonly json: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Lifetime since the last use, seconds. */
  readonly ttlSeconds: number | undefined;
  /** Fixed end of life, epoch milliseconds. */
  readonly expiresAt: number | undefined;
  /** The furthest `tail` that appends may reach. */
  readonly maxBytes: number | undefined;
  readonly fork: ForkOrigin | undefined;

  /** The position after the last byte. A fork starts at `fork.offset`, any other stream at 0. */
  tail: number;
  closed: boolean;
  /** Set when a producer closed the stream. */
  closedBy: ClosingTuple | undefined;
  /** The last accepted `Stream-Seq`, one per stream. */
  lastStreamSeq: string | undefined;
  /** Absent until the first producer appends. */
  producers: KnownProducers | undefined;
  /** The last recorded use that renews a TTL, epoch milliseconds. */
  renewedAt: number;
  /** The last append or close, epoch milliseconds; `createdAt` before the first. */
  lastAppendAt: number;
  /** Forks made directly from this stream that still exist. */
  references: number;
  life: Life;
}

/** Where a stream's own bytes begin: below it they are its source's. */
export function ownStart(state: StreamState): number {
  return state.fork === undefined ? 0 : state.fork.offset;
}
