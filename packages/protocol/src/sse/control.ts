import { parseJson } from "../json/parse.ts";

/** The payload of a control event (protocol §14.4). */
export interface ControlEvent {
  /** Where the next read starts. */
  readonly streamNextOffset: string;
  /** The cursor to echo with the next request; absent when the stream is closed. */
  readonly streamCursor: string | undefined;
  /** Whether the reader has reached the tail. */
  readonly upToDate: boolean;
  /** Whether the stream is closed and everything was sent. */
  readonly streamClosed: boolean;
}

/** Reads the data of a control event. Unknown members are ignored; a member of a wrong type gives `undefined`. */
export function parseControl(data: string): ControlEvent | undefined {
  // What is no object has none of the members, and `Object` lets undefined and null pass for such.
  const {
    streamNextOffset,
    streamCursor,
    upToDate = false,
    streamClosed = false,
  } = Object(parseJson(data)) as Record<string, unknown>;
  if (typeof streamNextOffset !== "string" || typeof upToDate !== "boolean") return undefined;
  if (typeof streamClosed !== "boolean") return undefined;
  if (streamCursor !== undefined && typeof streamCursor !== "string") return undefined;
  return { streamNextOffset, streamCursor, upToDate, streamClosed };
}
