import { type RespondOptions, type ResponseMode, respondWithGeneration, type Source } from "@perennial/ai";
import type { UIMessageChunk } from "../sdk-types.ts";
import { uiMessageFormat } from "../ui-messages.ts";

/** When `toDurableStreamResponse` answers. */
export type ToDurableStreamResponseMode = ResponseMode;

/** Options of `toDurableStreamResponse`. */
export interface ToDurableStreamResponseOptions extends RespondOptions {
  /**
   * The chunks; `toUIMessageStream(…)` gives them. A function is called once the stream is this writer's own, with the
   * `signal` for the model: aborted when somebody asks for a stop.
   */
  readonly source: Source<unknown>;
}

/**
 * Writes an answer to a durable stream, each chunk once, and tells the client where to read it.
 *
 * @throws GenerationTakenError when the stream is not this writer's
 * @throws FetchError, or the error of `fetch`, when the stream cannot be made; in mode `await` also what the source or the
 *   writing failed with
 * @example
 * ```ts
 * import { toDurableStreamResponse } from "@perennial/ai-sdk";
 * import { streamText, type LanguageModel } from "ai";
 * declare const model: LanguageModel;
 * export async function POST(request: Request): Promise<Response> {
 *   const { id } = await request.json();
 *   return toDurableStreamResponse({
 *     source: ({ signal }) => streamText({ model, prompt: "Hello", abortSignal: signal }).toUIMessageStream(),
 *     stream: { writeUrl: `https://example.com/v1/stream/chat/${id}/${crypto.randomUUID()}` },
 *   });
 * }
 * ```
 */
export function toDurableStreamResponse(options: ToDurableStreamResponseOptions): Promise<Response> {
  return respondWithGeneration(options.source as Source<UIMessageChunk>, uiMessageFormat, options);
}
