/** An answer as the operations give it; a door writes it out. */
import type { Soon } from "../../journal/contract/index.ts";
import type { SseSink } from "../../live/sse-session.ts";

export interface Reply {
  readonly status: number;
  /** Names and values in turn, without the ones that every reply carries (`common-headers.ts`). */
  readonly headers: readonly string[];
  /** `undefined`: no body. */
  readonly body: Uint8Array | ByteSource | LiveBody | undefined;
}

/** What becomes of a request whose client did not wait for the answer. Nobody gets it; the access log shows its status. */
export const CLIENT_LEFT: Reply = { status: 499, headers: [], body: undefined };

/** A body of known length that is produced piece by piece, as fast as the client takes it. */
export interface ByteSource {
  readonly kind: "source";
  readonly byteLength: number;
  /**
   * The next piece, owned by the caller; undefined after the last; a promise when it lies far away. Throws or rejects
   * when the stream was removed meanwhile: the door then breaks the connection, so that the client notices.
   *
   * @param memory where the piece may be put: `READ_CHUNK_BYTES` of the caller's own
   */
  next(memory?: Uint8Array): Soon<Uint8Array | undefined>;
}

/** A body without an end of its own: the door opens it with a sink, and from then on it is pushed to. */
export interface LiveBody {
  readonly kind: "live";
  open(sink: SseSink): LiveSession;
}

/** A live body under way. */
export interface LiveSession {
  /** The sink has room again. */
  onDrain(): void;
  /** The client is gone. */
  onDisconnect(): void;
}

/** Whether a reply is live: such replies are counted and drained by the live hub. */
export function isLive(body: Reply["body"]): body is LiveBody {
  return body !== undefined && !(body instanceof Uint8Array) && body.kind === "live";
}

/** Whether a body is produced piece by piece. */
export function isSource(body: Reply["body"]): body is ByteSource {
  return body !== undefined && !(body instanceof Uint8Array) && body.kind === "source";
}
