/** A part of a source that is appended by one request. */
export interface Batch {
  /** The body of the request; empty if there was nothing but blank lines. */
  readonly content: Uint8Array;
  /** How far into the source it reaches. */
  readonly position: number;
  /** Messages, or bytes of a stream that is not JSON. */
  readonly units: number;
}

/** A batch ends at the first place at which it may once it has this many bytes. */
export const BATCH_BYTES = 512 * 1024;
