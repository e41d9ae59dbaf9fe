import type { ChunkFormat } from "../format.ts";
import { readGeneration } from "./read.ts";
import { endVanished } from "./start.ts";
import type { GenerationTarget } from "./target.ts";

/** How a guarded generation came to its end. */
export interface Guarded {
  /** Whether its writer vanished, and the guard ended it. */
  readonly vanished: boolean;
}

/**
 * Watches over a generation from a process that may write: if its writer vanishes, ends it with an error chunk, so that readers
 * who come later find an end as well.
 *
 * @throws FetchError, or the error of `fetch`, when the server could not be asked
 */
export async function guardGeneration<Chunk>(
  target: GenerationTarget,
  format: ChunkFormat<Chunk>,
  signal?: AbortSignal,
): Promise<Guarded> {
  const batches = await readGeneration({ target, format, signal });
  const reader = batches.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (next.value.vanished) return { vanished: await endVanished(target, format) };
  }
  return { vanished: false };
}
