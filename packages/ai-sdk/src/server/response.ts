import {
  type ClaimProblem,
  type Generation,
  type GenerationTarget,
  type Outcome,
  type Source,
  startGeneration,
} from "@perennial/ai";
import type { HeadersRecord } from "@perennial/client";
import { CACHE_CONTROL, HEADER, HTTP_HEADER } from "@perennial/protocol";
import type { UIMessageChunk } from "../sdk-types.ts";
import { uiMessageFormat } from "../ui-messages.ts";
import { keepAlive, type WaitUntil } from "./wait-until.ts";

/** The stream that an answer is written to. */
export interface DurableStreamTarget {
  readonly writeUrl: string | URL;
  /** Where clients read it: a route of your own that proxies, say. Default `writeUrl`. */
  readonly readUrl?: string | URL | undefined;
  /** Sent with every request to `writeUrl`. Functions are called for each. */
  readonly headers?: HeadersRecord | undefined;
  /** Default `application/json`. */
  readonly contentType?: string | undefined;
  /** Default true. */
  readonly createIfMissing?: boolean | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How long the stream lives after its last use, in seconds. Default: as long as its server keeps it. */
  readonly ttlSeconds?: number | undefined;
}

/** When `toDurableStreamResponse` answers. */
export type ToDurableStreamResponseMode = "immediate" | "await";

/** Options of `toDurableStreamResponse`. */
export interface ToDurableStreamResponseOptions {
  /**
   * The chunks; `toUIMessageStream(…)` gives them. A function is called once the stream is this writer's own, with the
   * `signal` for the model: aborted when somebody asks for a stop.
   */
  readonly source: Source<unknown>;
  readonly stream: DurableStreamTarget;
  /**
   * `immediate` answers 201 once the stream exists, and writes on. `await` answers 200 after all is written, headers
   * included, and rejects when that failed. Default `immediate`.
   */
  readonly mode?: ToDurableStreamResponseMode | undefined;
  /** Keeps the process alive while an `immediate` answer is written. Vercel's and Netlify's are found by themselves. */
  readonly waitUntil?: WaitUntil | undefined;
  /** Let pages of other origins read `Location`. Default true. */
  readonly exposeLocationHeader?: boolean | undefined;
  /** What readers are told when the source fails. Default: that an error occurred, and nothing about it. */
  readonly onError?: ((error: unknown) => string) | undefined;
  /** Told how it ended, once readers have seen the end. */
  readonly onEnd?: ((outcome: Outcome) => void | Promise<void>) | undefined;
  /** The longest silence after which readers take this process for dead, in ms. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /** Whether `requestStop` works. Default true. */
  readonly stoppable?: boolean | undefined;
}

/** Somebody else writes the stream, or it is complete. Nothing was written, and a source that is a function was not called. */
export class GenerationTakenError extends Error {
  /** `ended`: it is complete. `rival`: another process writes it, or did. */
  readonly reason: ClaimProblem;
  /** As an answer that a route may give. */
  readonly status = 409;

  constructor(reason: ClaimProblem, url: string) {
    const what = reason === "ended" ? "is complete" : "has a writer already";
    super(`The stream ${url} ${what}. Give each generation a stream of its own`);
    this.name = "GenerationTakenError";
    this.reason = reason;
  }
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
export async function toDurableStreamResponse(options: ToDurableStreamResponseOptions): Promise<Response> {
  const { stream: target, mode = "immediate" } = options;
  const generation = await begin(options);
  const finished = generation.finished.then((outcome) => ended(options, outcome));
  const streamUrl = String(target.readUrl ?? target.writeUrl);
  const headers = new Headers({ location: streamUrl, [CACHE_CONTROL]: "no-store" });
  if (options.exposeLocationHeader ?? true) headers.set(HTTP_HEADER.exposeHeaders, HEADER.location);
  if (mode === "await") {
    const outcome = await finished;
    if (outcome.kind === "failed" || outcome.kind === "lost") throw outcome.error;
    return Response.json({ streamUrl, finalOffset: outcome.offset }, { status: 200, headers });
  }
  keepAlive(finished, options.waitUntil);
  return Response.json({ streamUrl }, { status: 201, headers });
}

async function begin(options: ToDurableStreamResponseOptions): Promise<Generation> {
  const { writeUrl, headers, fetch, createIfMissing, contentType, ttlSeconds } = options.stream;
  const target: GenerationTarget = { url: writeUrl, headers, fetch };
  const generation = await startGeneration<UIMessageChunk>({
    ...{ target, format: uiMessageFormat, contentType, ttlSeconds, create: createIfMissing },
    source: options.source as Source<UIMessageChunk>,
    ...{ errorText: options.onError, leaseMs: options.leaseMs, stoppable: options.stoppable },
  });
  if (generation.kind === "rejected") throw new GenerationTakenError(generation.rejection, String(writeUrl));
  return generation;
}

async function ended({ mode, onEnd }: ToDurableStreamResponseOptions, outcome: Outcome): Promise<Outcome> {
  if (mode !== "await" && outcome.kind === "lost")
    console.error("Durable stream write failed", outcome.error);
  if (mode !== "await" && outcome.kind === "failed")
    console.error("The source of a durable stream failed", outcome.error);
  try {
    await onEnd?.(outcome);
  } catch (error) {
    console.error("onEnd of a durable stream failed", error);
  }
  return outcome;
}
