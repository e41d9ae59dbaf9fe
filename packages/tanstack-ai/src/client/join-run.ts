import { looseChunk, type TanStackChunk } from "../types.ts";

/**
 * One run out of a session that is read from before its beginning: from its first chunk to its end, with what others say
 * meanwhile.
 *
 * @param found - told once the run was found
 */
export async function* runOf(
  chunks: AsyncIterable<TanStackChunk>,
  runId: string,
  found: { isFound: boolean },
): AsyncGenerator<TanStackChunk> {
  for await (const chunk of chunks) {
    const { type, runId: id } = looseChunk(chunk);
    found.isFound ||= type === "RUN_STARTED" && id === runId;
    if (!found.isFound) continue;
    yield chunk;
    if (type === "RUN_FINISHED" && id === runId) return;
    if (type === "RUN_ERROR" && (id === undefined || id === runId)) return;
  }
}

/** Whether a chunk begins or ends a run. */
export function isOfLifeCycle(chunk: TanStackChunk): boolean {
  return /^RUN_/.test(String(looseChunk(chunk).type));
}
