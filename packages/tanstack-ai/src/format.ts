import { type ChunkFormat, VANISHED, type WriterNote } from "@perennial/ai";
import { type LooseChunk, looseChunk, type TanStackChunk } from "./types.ts";

/** The custom events of this package. Readers who do not know them pass them over. */
export const WRITER_EVENT = "perennial.writer";
export const MESSAGE_EVENT = "perennial.message";
export const STOPPED_EVENT = "perennial.stopped";
export const APPROVAL_EVENT = "perennial.approval";

/** The code of the error by which a run ends whose writer is gone. */
export const WRITER_GONE = "writer-gone";

/** The end of a run whose writer is gone. */
export function vanishedRun(runId: string): TanStackChunk {
  return { type: "RUN_ERROR", runId, message: VANISHED, code: WRITER_GONE, timestamp: Date.now() };
}

/** Chunk types that are pieces, each with the member that says what they are pieces of. */
const PIECES: Readonly<Record<string, "messageId" | "toolCallId">> = {
  TEXT_MESSAGE_CONTENT: "messageId",
  REASONING_MESSAGE_CONTENT: "messageId",
  TOOL_CALL_ARGS: "toolCallId",
};

/** A custom event of AG-UI. */
export function customEvent(name: string, value: unknown): TanStackChunk {
  return { type: "CUSTOM", name, value, timestamp: Date.now() };
}

/** What a custom event of this name carries; undefined for any other chunk. */
export function valueOfEvent(chunk: unknown, wanted: string): unknown {
  const { type, name, value } = looseChunk(chunk);
  return type === "CUSTOM" && name === wanted ? value : undefined;
}

/** AG-UI events, as TanStack AI streams them. */
export const aguiFormat: ChunkFormat<TanStackChunk> = {
  note: (note) => customEvent(WRITER_EVENT, note),
  noteOf: (chunk) => {
    const value = valueOfEvent(chunk, WRITER_EVENT);
    return isNote(value) ? value : undefined;
  },
  error: (message) => ({ type: "RUN_ERROR", message, timestamp: Date.now() }),
  abort: (reason) => customEvent(STOPPED_EVENT, reason === undefined ? {} : { reason }),
  pieceOf: (chunk) => {
    const { type, delta, ...rest } = looseChunk(chunk);
    const member = typeof type === "string" ? PIECES[type] : undefined;
    return member === undefined || typeof delta !== "string" ? undefined : `${type} ${String(rest[member])}`;
  },
  // Older versions repeat the whole text in each piece.
  join: ({ content: _, ...earlier }, later) => ({ ...earlier, delta: earlier.delta + later.delta }),
};

function isNote(value: unknown): value is WriterNote {
  const { writer, leaseMs } = (value ?? {}) as Partial<WriterNote>;
  return typeof writer === "string" && typeof leaseMs === "number" && leaseMs > 0;
}

/** A chunk without the text that older versions repeat in each of its pieces: only what is new is stored. */
export function sanitizeChunkForStorage<T extends TanStackChunk>(chunk: T): T {
  const { content: _, ...rest } = looseChunk(chunk) as LooseChunk & { readonly content?: unknown };
  return rest.type === "TEXT_MESSAGE_CONTENT" ? (rest as T) : chunk;
}
