import { type Rejected, reject } from "@perennial/protocol";
import type { ChunkFormat, WriterNote } from "../format.ts";
import { type ClaimProblem, claim, claimNew, FIRST_EPOCH, writtenSoFar } from "./claim.ts";
import { openControl, removeControl } from "./stop.ts";
import { type GenerationTarget, JSON_TYPE, stateOf } from "./target.ts";
import {
  defaultErrorText,
  FailureReport,
  type Generation,
  GenerationWriter,
  type WriteOptions,
  type Writing,
} from "./writer.ts";

const LEASE_MS = 10_000;
const DAY_SECONDS = 86_400;

/** How a generation is begun. */
export interface StartOptions<Chunk> extends WriteOptions<Chunk> {
  /** Make the stream. One that exists, open and untouched by other writers, is taken. Default true. */
  readonly create?: boolean | undefined;
  /** How long the stream lives after its last use, in seconds. Default: as long as its server keeps it. */
  readonly ttlSeconds?: number | undefined;
  /** The stream's content type. Default `application/json`. */
  readonly contentType?: string | undefined;
}

/**
 * Begins a generation: makes its stream, claims it, and writes what the source yields, each chunk once. Resolves when the
 * stream is there and this writer has it to itself; the writing goes on by itself.
 *
 * @returns the generation; rejected as `rival` when another process writes it or wrote it, as `ended` when it is complete: a
 *   request that was sent twice must not pay a model twice
 * @throws FetchError, or the error of `fetch`, when the stream cannot be made
 * @example
 * ```ts
 * import { type ChunkFormat, startGeneration } from "@perennial/ai";
 * declare const format: ChunkFormat<{ type: string }>;
 * const generation = await startGeneration({
 *   target: { url: "https://example.com/v1/stream/chat/1/answer" },
 *   format,
 *   source: async function* ({ signal }) {
 *     while (!signal.aborted) yield { type: "tick" };
 *   },
 * });
 * if (generation.kind === "generation") console.log((await generation.finished).kind);
 * ```
 */
export async function startGeneration<Chunk>(
  options: StartOptions<Chunk>,
): Promise<Generation | Rejected<ClaimProblem>> {
  const { target, create = true, ttlSeconds, contentType = JSON_TYPE } = options;
  const writing = writingOf(options, []);
  const failures = new FailureReport();
  const { format, note, stoppable, onWarning } = writing;
  const claiming = create
    ? claimNew(target, format, note, { contentType, ttlSeconds }, failures.report)
    : claim(target, format, note, FIRST_EPOCH, failures.report);
  // Beside the rest: whoever waits for the first token does not wait for it twice.
  const control = stoppable ? openControl(target, ttlSeconds ?? DAY_SECONDS).catch(onWarning) : undefined;
  const claimed = await claiming.catch(async (error: unknown) => {
    if ((await stateOf(target)) !== "closed") throw error;
    return reject("ended" as const);
  });
  await control;
  if (claimed.kind === "claimed") return new GenerationWriter(writing, claimed.producer, failures);
  // It is over: a place to ask for stops, made a moment ago, would tell people that somebody hears them.
  if (stoppable && claimed.rejection === "ended") await removeControl(target).catch(onWarning);
  return claimed;
}

/**
 * Takes a generation over whose writer vanished: from this moment nothing of that writer is accepted. The source is told what
 * the stream holds (`written`), and yields what follows.
 *
 * @returns the generation; rejected as `ended` when it is complete, as `rival` when others took it over at the same time
 * @throws FetchError, or the error of `fetch`, when the server could not be asked
 */
export async function takeOver<Chunk>(
  options: WriteOptions<Chunk>,
): Promise<Generation | Rejected<ClaimProblem>> {
  const { target, format } = options;
  const writing = writingOf(options, []);
  const failures = new FailureReport();
  const claimed = await claim(target, format, writing.note, FIRST_EPOCH + 2, failures.report);
  if (claimed.kind !== "claimed") return claimed;
  // Of several that claim at once, the stream itself says who was the last.
  const { chunks, note } = await writtenSoFar(target, format);
  if (note?.writer !== writing.note.writer) {
    await claimed.producer.detach();
    return reject("rival");
  }
  if (writing.stoppable) await openControl(target, DAY_SECONDS).catch(writing.onWarning);
  return new GenerationWriter({ ...writing, written: chunks }, claimed.producer, failures);
}

/**
 * Ends a generation whose writer vanished: with an error chunk, for readers now and later.
 *
 * @returns whether it did; not if it is ended already, or somebody took it over at the same time
 */
export async function endVanished<Chunk>(
  target: GenerationTarget,
  format: ChunkFormat<Chunk>,
  text: string = VANISHED,
): Promise<boolean> {
  const fail = (): never => {
    throw new Error(text);
  };
  const taken = await takeOver({ target, format, source: fail, errorText: () => text, stoppable: false });
  if (taken.kind !== "generation") return false;
  const { kind } = await taken.finished;
  await removeControl(target);
  return kind === "failed";
}

/** What readers are told when a writer vanished. */
export const VANISHED = "The answer stopped: the process that wrote it is gone.";

function writingOf<Chunk>(options: WriteOptions<Chunk>, written: readonly Chunk[]): Writing<Chunk> {
  const { leaseMs = LEASE_MS, stoppable = true, errorText = defaultErrorText } = options;
  const note: WriterNote = { writer: crypto.randomUUID(), leaseMs };
  const { target, format, source, onWarning = console.warn } = options;
  return { target, format, source, leaseMs, stoppable, errorText, onWarning, note, written };
}
