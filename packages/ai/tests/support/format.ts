import type { ChunkFormat } from "@perennial/ai";

/** Chunks as simple as they can be. */
export type TestChunk =
  | { readonly type: "piece"; readonly id: string; readonly text: string }
  | { readonly type: "whole"; readonly value: unknown }
  | { readonly type: "note"; readonly writer: string; readonly leaseMs: number }
  | { readonly type: "error"; readonly text: string }
  | { readonly type: "abort"; readonly reason?: string };

export const testFormat: ChunkFormat<TestChunk> = {
  note: (note) => ({ type: "note", ...note }),
  noteOf: (chunk) => (chunk.type === "note" ? chunk : undefined),
  error: (text) => ({ type: "error", text }),
  abort: (reason) => ({ type: "abort", ...(reason === undefined ? {} : { reason }) }),
  pieceOf: (chunk) => (chunk.type === "piece" ? chunk.id : undefined),
  join: (earlier, later) =>
    earlier.type === "piece" && later.type === "piece"
      ? { ...earlier, text: earlier.text + later.text }
      : later,
};

export const piece = (text: string, id = "t"): TestChunk => ({ type: "piece", id, text });
