import type { ChunkFormat } from "../format.ts";

/**
 * Chunks with their pieces joined: what it holds says the same as all that was added, in far fewer chunks. Pieces of several
 * names may alternate, as those of tool calls that run side by side do; a whole chunk ends every piece before it.
 */
export class Folded<Chunk> {
  readonly #format: ChunkFormat<Chunk>;
  readonly #chunks: Chunk[] = [];
  /** Where the piece of each name stands that may still grow. */
  readonly #growing = new Map<string, number>();

  constructor(format: ChunkFormat<Chunk>, chunks: Iterable<Chunk> = []) {
    this.#format = format;
    for (const chunk of chunks) this.add(chunk);
  }

  /** A copy of what it holds. */
  get chunks(): Chunk[] {
    return [...this.#chunks];
  }

  /** Adds the next chunk. */
  add(chunk: Chunk): void {
    const name = this.#format.pieceOf(chunk);
    if (name === undefined) {
      this.#growing.clear();
      this.#chunks.push(chunk);
      return;
    }
    const at = this.#growing.get(name);
    if (at === undefined) this.#growing.set(name, this.#chunks.push(chunk) - 1);
    else this.#chunks[at] = this.#format.join(this.#chunks[at]!, chunk);
  }
}

/** Chunks with their pieces joined, see `Folded`. */
export function foldChunks<Chunk>(format: ChunkFormat<Chunk>, chunks: Iterable<Chunk>): Chunk[] {
  return new Folded(format, chunks).chunks;
}
