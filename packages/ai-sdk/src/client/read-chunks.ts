import { type GenerationBatch, type GenerationTarget, readGeneration } from "@perennial/ai";
import type { UIMessageChunk } from "../sdk-types.ts";
import { uiMessageFormat } from "../ui-messages.ts";
import type { ProgressBook } from "./progress.ts";

/** How one generation is read. */
export interface ChunkReading {
  readonly target: GenerationTarget & { readonly url: string };
  readonly book: ProgressBook;
  /** Whether what was seen of it before is given again first, out of memory. */
  readonly resumes: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The chunks of a generation from the first on; of those seen before, only their joined pieces, and from memory. */
export async function readChunks(reading: ChunkReading): Promise<ReadableStream<UIMessageChunk>> {
  const { target, book, resumes, signal } = reading;
  const progress = book.of(target.url, { fresh: !resumes });
  const replay = progress.chunks;
  const { offset, leaseMs } = progress;
  const at = { offset, leaseMs, signal, isNew: !resumes };
  const batches = await readGeneration({ target, format: uiMessageFormat, ...at });
  const reader = batches.getReader();
  const take = (batch: GenerationBatch<UIMessageChunk>): readonly UIMessageChunk[] => {
    const { chunks } = batch;
    // The chunk that says that a writer vanished is this reader's own.
    if (!batch.vanished) progress.advance(chunks, batch.offset, batch.leaseMs);
    return chunks;
  };
  return new ReadableStream<UIMessageChunk>({
    start: (controller) => {
      for (const chunk of replay) controller.enqueue(chunk);
    },
    pull: async (controller) => {
      const next = await reader.read();
      if (!next.done) {
        for (const chunk of take(next.value)) controller.enqueue(chunk);
        return;
      }
      if (!signal?.aborted) book.forget(target.url);
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
