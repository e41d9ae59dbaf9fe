import {
  isTrue,
  STREAM_CLOSED,
  STREAM_CURSOR,
  STREAM_NEXT_OFFSET,
  STREAM_UP_TO_DATE,
} from "@perennial/protocol";
import type { JsonBatchMeta } from "../batches.ts";

/** Where a reader is in its stream. */
export interface Position {
  readonly offset: string;
  readonly cursor: string | undefined;
  readonly upToDate: boolean;
  readonly streamClosed: boolean;
}

/** What an SSE control event says (protocol section 14.4). */
export interface Control {
  readonly streamNextOffset: string;
  readonly streamCursor: string | undefined;
  readonly upToDate: boolean;
  readonly streamClosed: boolean;
}

/** The position before the first response. */
export function startAt(offset: string): Position {
  return { offset, cursor: undefined, upToDate: false, streamClosed: false };
}

/**
 * The position after a plain response. Absent offset and cursor leave the old ones in force; closure is never taken
 * back, and implies that there is nothing more. A 304 repeats what the asker holds up to the tail.
 */
export function afterResponse(position: Position, response: Response): Position {
  const { headers, status } = response;
  const streamClosed = position.streamClosed || isTrue(headers.get(STREAM_CLOSED) ?? undefined);
  return {
    offset: headers.get(STREAM_NEXT_OFFSET) || position.offset,
    cursor: headers.get(STREAM_CURSOR) || position.cursor,
    upToDate: streamClosed || status === 304 || headers.has(STREAM_UP_TO_DATE),
    streamClosed,
  };
}

/** The position after an SSE control event. */
export function afterControl(position: Position, control: Control): Position {
  const streamClosed = position.streamClosed || control.streamClosed;
  return {
    offset: control.streamNextOffset,
    cursor: control.streamCursor || position.cursor,
    upToDate: control.upToDate || streamClosed,
    streamClosed,
  };
}

/** The position as the metadata of a batch that ends there. */
export function batchMeta(position: Position): JsonBatchMeta {
  const { offset, upToDate, streamClosed, cursor } = position;
  return cursor === undefined
    ? { offset, upToDate, streamClosed }
    : { offset, upToDate, cursor, streamClosed };
}
