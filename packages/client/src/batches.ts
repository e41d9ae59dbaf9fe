import type { Offset } from "./options.ts";

/** Where a batch ends. */
export interface JsonBatchMeta {
  /** Store this to resume after the batch. */
  offset: Offset;
  /** The same as `offset`, by the name that the protocol gives it. */
  nextOffset: Offset;
  /** Whether the batch reaches the tail as of when it was sent. */
  upToDate: boolean;
  /** Cache hint for the next live request. */
  cursor?: string;
  /** Whether the stream is closed and the batch reaches its end. */
  streamClosed: boolean;
}

/** Items that arrived together. */
export interface JsonBatch<T = unknown> extends JsonBatchMeta {
  items: ReadonlyArray<T>;
}

/** Bytes that arrived together. The array belongs to the receiver. */
export interface ByteChunk extends JsonBatchMeta {
  data: Uint8Array;
}

/** Text that arrived together. A character cut in two arrives with its second half. */
export interface TextChunk extends JsonBatchMeta {
  text: string;
}
