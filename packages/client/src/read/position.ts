import {
  isTrue,
  STREAM_CLOSED,
  STREAM_CURSOR,
  STREAM_NEXT_OFFSET,
  STREAM_UP_TO_DATE,
} from "@perennial/protocol";
import type { JsonBatchMeta } from "../batches.ts";

/** Where a reader is in its stream; also what a batch that ends there tells of itself. */
export type Position = Readonly<Omit<JsonBatchMeta, "nextOffset">>;

/** What an SSE control event says (protocol §14.4). Declared here: published types name no other package. */
export interface Control {
  readonly streamNextOffset: string | null;
  readonly streamCursor: string | null | undefined;
  readonly upToDate: boolean;
  readonly streamClosed: boolean;
}

/** The position after a plain response. A 304 repeats what the asker holds up to the tail. */
export function afterResponse(position: Position, { headers, status }: Response): Position {
  return advance(position, {
    streamNextOffset: headers.get(STREAM_NEXT_OFFSET),
    streamCursor: headers.get(STREAM_CURSOR),
    upToDate: status === 304 || headers.has(STREAM_UP_TO_DATE),
    streamClosed: isTrue(headers.get(STREAM_CLOSED)),
  });
}

/**
 * The position after a control event, or a response that says the same. Absent offset and cursor leave the old ones
 * in force; closure is never taken back, and implies that there is nothing more.
 */
export function advance(position: Position, control: Control): Position {
  const streamClosed = position.streamClosed || control.streamClosed;
  const cursor = control.streamCursor || position.cursor;
  return {
    offset: control.streamNextOffset || position.offset,
    upToDate: control.upToDate || streamClosed,
    streamClosed,
    ...(cursor && { cursor }),
  };
}
