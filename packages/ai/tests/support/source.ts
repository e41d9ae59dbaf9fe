/** A source that a test feeds by hand. */
export class HandSource<Chunk> implements AsyncIterable<Chunk> {
  readonly #ready: Chunk[] = [];
  #wake: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;
  /** Whether its reader has let it go. */
  isReleased = false;

  push(...chunks: Chunk[]): void {
    this.#ready.push(...chunks);
    this.#wake?.();
  }

  end(): void {
    this.#end = {};
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#end = { error };
    this.#wake?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.isReleased = true;
        return { done: true, value: undefined };
      },
    };
  }

  async #next(): Promise<IteratorResult<Chunk>> {
    while (true) {
      const chunk = this.#ready.shift();
      if (chunk !== undefined) return { done: false, value: chunk };
      if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** All chunks that a generation's batches bring, to the end. */
export async function chunksOf<Chunk>(
  batches: ReadableStream<{ readonly chunks: readonly Chunk[] }>,
): Promise<Chunk[]> {
  const all: Chunk[] = [];
  const reader = batches.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) all.push(...next.value.chunks);
  return all;
}
