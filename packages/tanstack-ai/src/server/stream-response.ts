import { type RespondOptions, respondWithGeneration, type Source } from "@perennial/ai";
import { aguiFormat, sanitizeChunkForStorage } from "../format.ts";
import type { TanStackChunk } from "../types.ts";
import type { DurableStreamTarget } from "./target.ts";

/** Options of `toDurableStreamResponse`. */
export interface ToDurableStreamResponseOptions extends Omit<RespondOptions, "stream"> {
  readonly stream: DurableStreamTarget;
}

/**
 * Writes one answer to a durable stream of its own, each chunk once, and tells the client where to read it.
 *
 * @param source - the chunks. A function is called once the stream is this writer's own, with the `signal` for the model
 * @throws GenerationTakenError when the stream is not this writer's
 * @throws FetchError, or the error of `fetch`, when the stream cannot be made; in mode `await` also what the source or the
 *   writing failed with
 */
export function toDurableStreamResponse(
  source: Source<TanStackChunk>,
  { stream, ...options }: ToDurableStreamResponseOptions,
): Promise<Response> {
  const { fetchClient, fetch = fetchClient, ...target } = stream;
  return respondWithGeneration(sanitized(source), aguiFormat, { ...options, stream: { ...target, fetch } });
}

function sanitized(source: Source<TanStackChunk>): Source<TanStackChunk> {
  return async function* (context) {
    for await (const chunk of typeof source === "function" ? await source(context) : source)
      yield sanitizeChunkForStorage(chunk);
  };
}
