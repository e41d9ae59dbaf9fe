import type { ChunkFormat, WriterNote } from "@perennial/ai";

/** What a stream of texts holds: the texts, and what writers say of themselves. */
export interface TextChunk {
  readonly text?: string;
  readonly note?: WriterNote;
  /** Why the stream ends before its end. */
  readonly error?: string;
}

/** Texts, piece by piece. */
export const textFormat: ChunkFormat<TextChunk> = {
  note: (note) => ({ note }),
  noteOf: (chunk) => chunk?.note,
  error: (error) => ({ error }),
  abort: (reason = "stopped") => ({ error: reason }),
  pieceOf: (chunk) => (chunk?.text === undefined ? undefined : "text"),
  join: (earlier, later) => ({ text: `${earlier.text ?? ""}${later.text ?? ""}` }),
};
