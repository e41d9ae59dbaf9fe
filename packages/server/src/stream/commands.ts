/** What a client asks for, already parsed and syntactically right; whether it may have it is for `decide`. */
import type { JsonFraming } from "../stored/split.ts";
import type { ProducerTuple, StoredBytes } from "./records.ts";

/** Append bytes, close, or both in one step (protocol §7 and §8). */
export interface AppendCommand {
  /** As received: for JSON streams still the JSON text, not yet split into messages. */
  readonly body: StoredBytes;
  /** What a long body needed first is done (see `Unready`). */
  readonly isReady?: boolean;
  /** The messages of a long body, once they were found. */
  readonly framing?: JsonFraming;
  /** The request's content type, absent when the header was. */
  readonly contentType: string | undefined;
  readonly closes: boolean;
  readonly producer: ProducerTuple | undefined;
  readonly streamSeq: string | undefined;
}

/** Which stream to fork, and where (protocol §6). */
export interface ForkRequest {
  readonly sourcePath: string;
  /** Position of `Stream-Fork-Offset`; absent means the source's tail. */
  readonly anchor: number | undefined;
  /** `Stream-Fork-Sub-Offset`; absent means 0. */
  readonly subOffset: number;
}

/** Create a stream or a fork, or confirm that it exists as described (protocol §5 and §6). */
export interface CreateCommand {
  readonly path: string;
  /** Absent: the default content type, or the source's for a fork. */
  readonly contentType: string | undefined;
  readonly ttlSeconds: number | undefined;
  readonly expiresAt: number | undefined;
  /** The most stored bytes that the stream may hold. */
  readonly maxBytes: number | undefined;
  readonly closed: boolean;
  readonly body: StoredBytes;
  /** What a long body needed first is done (see `Unready`). */
  readonly isReady?: boolean;
  /** The messages of a long body, once they were found. */
  readonly framing?: JsonFraming;
  readonly fork: ForkRequest | undefined;
}
