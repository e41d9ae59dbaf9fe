/** An AG-UI event as TanStack AI streams it. Of no particular type, as in the official package: events of every version fit. */
// biome-ignore lint/suspicious/noExplicitAny: a program that annotates its chunks by another version's types must compile
export type TanStackChunk = any;

/** A message of TanStack AI's chats, as far as this package reads it. */
export interface DurableSessionMessage {
  id?: string;
  role?: string;
  parts?: DurableSessionMessagePart[];
  metadata?: Record<string, unknown>;
}

/** A part of one. Text has `content`, or `text` in older versions. */
export interface DurableSessionMessagePart {
  type?: string;
  content?: string;
  text?: string;
}

/** What this package reads of a chunk. Streams may hold anything, types that come later included. */
export interface LooseChunk {
  readonly type?: unknown;
  readonly runId?: unknown;
  readonly name?: unknown;
  readonly value?: unknown;
  readonly messageId?: unknown;
  readonly toolCallId?: unknown;
  readonly delta?: unknown;
}

/** A chunk, whatever it is, to be read. */
export function looseChunk(chunk: unknown): LooseChunk {
  return typeof chunk === "object" && chunk !== null ? chunk : {};
}
