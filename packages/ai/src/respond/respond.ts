import type { HeadersRecord } from "@perennial/client";
import { CACHE_CONTROL, HEADER, HTTP_HEADER } from "@perennial/protocol";
import type { ChunkFormat } from "../format.ts";
import type { ClaimProblem } from "../generation/claim.ts";
import type { Source } from "../generation/source.ts";
import { startGeneration } from "../generation/start.ts";
import type { GenerationTarget } from "../generation/target.ts";
import type { Generation, Outcome } from "../generation/writer.ts";
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

/** When a generation's request is answered: `immediate` 201 once the stream exists, `await` 200 after all is written. */
export type ResponseMode = "immediate" | "await";

/** How a generation's request is answered. */
export interface RespondOptions {
  readonly stream: DurableStreamTarget;
  /**
   * `immediate` answers 201 once the stream exists, and writes on. `await` answers 200 after all is written, headers
   * included, and rejects when that failed. Default `immediate`.
   */
  readonly mode?: ResponseMode | undefined;
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
 * Writes a generation, each chunk once, and tells the client where to read it.
 *
 * @throws GenerationTakenError when the stream is not this writer's
 * @throws FetchError, or the error of `fetch`, when the stream cannot be made; in mode `await` also what the source or the
 *   writing failed with
 */
export async function respondWithGeneration<Chunk>(
  source: Source<Chunk>,
  format: ChunkFormat<Chunk>,
  options: RespondOptions,
): Promise<Response> {
  const { stream: target, mode = "immediate" } = options;
  const generation = await begin(source, format, options);
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

async function begin<Chunk>(
  source: Source<Chunk>,
  format: ChunkFormat<Chunk>,
  options: RespondOptions,
): Promise<Generation> {
  const { writeUrl, headers, fetch, createIfMissing, contentType, ttlSeconds } = options.stream;
  const target: GenerationTarget = { url: writeUrl, headers, fetch };
  const generation = await startGeneration<Chunk>({
    ...{ target, format, source, contentType, ttlSeconds, create: createIfMissing },
    ...{ errorText: options.onError, leaseMs: options.leaseMs, stoppable: options.stoppable },
  });
  if (generation.kind === "rejected") throw new GenerationTakenError(generation.rejection, String(writeUrl));
  return generation;
}

async function ended({ mode, onEnd }: RespondOptions, outcome: Outcome): Promise<Outcome> {
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
