import type { ChunkFormat, WriterNote } from "@perennial/ai";
import type { UIMessageChunk } from "./sdk-types.ts";

/** The data part that carries notes of writers. Transient: it reaches no message. */
const NOTE = "data-perennial-writer";

/** What this package reads of a chunk. Streams may hold anything, chunk types that come later included. */
interface LooseChunk {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly toolCallId?: unknown;
  readonly data?: unknown;
  readonly providerMetadata?: unknown;
}

/** Chunk types that are pieces, each with the member that holds its text. */
const PIECES: Readonly<Record<string, string>> = {
  "text-delta": "delta",
  "reasoning-delta": "delta",
  "tool-input-delta": "inputTextDelta",
};

/** The chunks of the AI SDK's UI messages. */
export const uiMessageFormat: ChunkFormat<UIMessageChunk> = {
  note: (note) => ({ type: NOTE, transient: true, data: note }),
  noteOf: (chunk) => {
    const { type, data } = (chunk ?? {}) as LooseChunk;
    return type === NOTE && isNote(data) ? data : undefined;
  },
  error: (errorText) => ({ type: "error", errorText }),
  abort: (reason) => ({ type: "abort", ...(reason === undefined ? {} : { reason }) }),
  pieceOf: (chunk) => {
    const { type, id, toolCallId, providerMetadata } = (chunk ?? {}) as LooseChunk;
    // A piece with metadata of its own says more than its text.
    if (typeof type !== "string" || PIECES[type] === undefined || providerMetadata !== undefined)
      return undefined;
    return `${type} ${String(id ?? toolCallId)}`;
  },
  join: (earlier, later) => {
    const member = PIECES[earlier.type] ?? "delta";
    const text = (chunk: UIMessageChunk) => String((chunk as unknown as Record<string, unknown>)[member]);
    return { ...earlier, [member]: text(earlier) + text(later) } as UIMessageChunk;
  },
};

function isNote(data: unknown): data is WriterNote {
  const { writer, leaseMs } = (data ?? {}) as Partial<WriterNote>;
  return typeof writer === "string" && typeof leaseMs === "number" && leaseMs > 0;
}
