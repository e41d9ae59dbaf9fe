/** How an SDK's chunks say what this package has to say between them. */

/**
 * What a writer says of itself, as its first chunk and whenever it has nothing else to say: readers hear from it again within
 * `leaseMs`, or it is gone.
 */
export interface WriterNote {
  /** Names one run of one writer. */
  readonly writer: string;
  /** The longest silence of a writer that lives, in ms. */
  readonly leaseMs: number;
}

/** Between these readers take a writer's word, in ms: what is shorter would have them ask all the time, and timers know no longer ones. */
const LEASE_MS_MIN = 50;
const LEASE_MS_MAX = 3_600_000;

/** A lease as readers go by it, whatever a note says; undefined if it says none. */
export function leaseFrom(leaseMs: unknown): number | undefined {
  return typeof leaseMs === "number" && leaseMs > 0
    ? Math.min(Math.max(leaseMs, LEASE_MS_MIN), LEASE_MS_MAX)
    : undefined;
}

/** The chunks of one SDK. All functions are pure, and `noteOf` takes any chunk that a stream may hold. */
export interface ChunkFormat<Chunk> {
  /** A chunk that carries a note, and that readers who know nothing of notes pass over. */
  note(note: WriterNote): Chunk;
  /** The note that a chunk carries, if it carries one. */
  noteOf(chunk: Chunk): WriterNote | undefined;
  /** The chunk that says why an answer ends before its end. */
  error(text: string): Chunk;
  /** The chunk that says that somebody stopped the answer. */
  abort(reason: string | undefined): Chunk;
  /** Names what a chunk is a piece of: pieces of one name that follow each other are one. Undefined if it is whole. */
  pieceOf(chunk: Chunk): string | undefined;
  /** Two pieces of one name as one. */
  join(earlier: Chunk, later: Chunk): Chunk;
}
