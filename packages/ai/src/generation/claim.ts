import {
  type DurableStream,
  FetchError,
  IdempotentProducer,
  StreamClosedError,
  stream,
} from "@perennial/client";
import { PRODUCER_EPOCH, type Rejected, reject } from "@perennial/protocol";
import type { ChunkFormat, WriterNote } from "../format.ts";
import { LINGER_MS } from "./prompt-appends.ts";
import { type GenerationTarget, handleOf, JSON_TYPE, streamOptions } from "./target.ts";

export type { Rejected };

/** All writers of a generation write under one name, so that of two the later one fences the other. */
const PRODUCER = "writer";
/** The epoch under which a generation is begun. Only one writer can. */
export const FIRST_EPOCH = 0;
/** Times that a writer tries to get above another's epoch. More is a duel. */
const CLAIMS_MAX = 5;
/** The answer to a PUT that made something. */
const CREATED = 201;

/** Who writes. */
export interface Claim {
  readonly kind: "claimed";
  readonly producer: IdempotentProducer;
}

/** How a generation's stream is made. */
export interface Making {
  readonly contentType: string;
  readonly ttlSeconds: number | undefined;
}

/**
 * Makes a generation's stream, with the note as its first message: whoever made it has it to itself, and needs no second request
 * to say so. One that is there, open and untouched by other writers, is claimed.
 *
 * @throws FetchError, or the error of `fetch`, when the stream cannot be made; 409 also when it is complete
 */
export async function claimNew<Chunk>(
  target: GenerationTarget,
  format: ChunkFormat<Chunk>,
  note: WriterNote,
  making: Making,
  onFailure: (error: Error) => void,
): Promise<Claim | Rejected<ClaimProblem>> {
  const isJson = making.contentType === JSON_TYPE;
  let isMade = false;
  const watching: typeof fetch = async (input, init) => {
    const response = await (target.fetch ?? fetch)(input, init);
    isMade = response.status === CREATED;
    return response;
  };
  const body = isJson ? JSON.stringify(format.note(note)) : undefined;
  await handleOf({ ...target, fetch: watching }).create({ ...making, body });
  if (isMade && isJson)
    return { kind: "claimed", producer: producerOf(handleOf(target), target, FIRST_EPOCH + 1, onFailure) };
  // It was there, or the answer to a first attempt was lost: the stream itself says whose it is.
  const first = isMade ? undefined : (await writtenSoFar(target, format)).note;
  if (first?.writer === note.writer)
    return { kind: "claimed", producer: producerOf(handleOf(target), target, FIRST_EPOCH + 1, onFailure) };
  return first === undefined ? claim(target, format, note, FIRST_EPOCH, onFailure) : reject("rival");
}

/** Why this writer cannot write: the generation is complete, or somebody else writes it or wrote it. */
export type ClaimProblem = "ended" | "rival";

/**
 * Begins to write, with a note. What had begun before, in this process or another, is refused from now on.
 *
 * Notes are written under even epochs, and the chunks of whoever got one through under the odd one above. So nobody's note can
 * have the number of somebody else's chunk: a duplicate of a chunk is always one's own, whichever proxy repeated it, and of a
 * note the stream says whose it is.
 *
 * @param first - the even epoch to begin with: `FIRST_EPOCH`, which is that writer's or nobody's, or one above for a take-over
 * @param onFailure - told of chunks that could not be stored
 */
export async function claim<Chunk>(
  target: GenerationTarget,
  format: ChunkFormat<Chunk>,
  note: WriterNote,
  first: number,
  onFailure: (error: Error) => void,
): Promise<Claim | Rejected<ClaimProblem>> {
  const handle = handleOf(target);
  let epoch = first;
  for (let attempt = 0; attempt < CLAIMS_MAX; attempt++) {
    const noted = await writeNote(handle, format.note(note), epoch);
    if (noted.kind === "rejected") return noted;
    const isOurs =
      noted.kind === "stored" ||
      (noted.kind === "duplicate" && (await writtenSoFar(target, format)).note?.writer === note.writer);
    if (isOurs) return { kind: "claimed", producer: producerOf(handle, target, epoch + 1, onFailure) };
    if (first === FIRST_EPOCH) break;
    epoch = noted.kind === "stale" ? nextEven(noted.current) : epoch + 2;
  }
  return reject("rival");
}

/** What became of a note. */
type Noted =
  | Rejected<ClaimProblem>
  | { readonly kind: "stored" }
  /** There is one under this epoch: of another writer, or this one, whose answer was lost. */
  | { readonly kind: "duplicate" }
  | { readonly kind: "stale"; readonly current: number };

async function writeNote(handle: DurableStream, note: unknown, epoch: number): Promise<Noted> {
  const number = { producerId: PRODUCER, producerEpoch: epoch, producerSeq: 0 };
  try {
    const { duplicate } = await handle.append(note, number);
    return { kind: duplicate ? "duplicate" : "stored" };
  } catch (error) {
    if (error instanceof StreamClosedError) return reject("ended");
    const current = error instanceof FetchError ? error.headers[PRODUCER_EPOCH.toLowerCase()] : undefined;
    if (current === undefined || !(error instanceof FetchError) || error.status !== 403) throw error;
    return { kind: "stale", current: Number(current) };
  }
}

function nextEven(epoch: number): number {
  return epoch + 2 - (epoch % 2);
}

function producerOf(
  handle: DurableStream,
  { backoffOptions }: GenerationTarget,
  epoch: number,
  onError: (error: Error) => void,
): IdempotentProducer {
  // Nobody else has this epoch: what the server has under its numbers is ours.
  return new IdempotentProducer(handle, PRODUCER, {
    epoch,
    replay: true,
    lingerMs: LINGER_MS,
    backoffOptions,
    onError,
  });
}

/** What a stream holds, and which writer was the last to say that it writes. */
export interface Written<Chunk> {
  readonly chunks: readonly Chunk[];
  readonly note: WriterNote | undefined;
}

/** Reads all that a generation holds now. */
export async function writtenSoFar<Chunk>(
  target: GenerationTarget,
  format: ChunkFormat<Chunk>,
): Promise<Written<Chunk>> {
  const response = await stream<Chunk>({ ...streamOptions(target), json: true, live: false });
  const all = await response.json<Chunk>();
  const notes = all.map((chunk) => format.noteOf(chunk));
  return {
    chunks: all.filter((_, at) => notes[at] === undefined),
    note: notes.findLast((note) => note !== undefined),
  };
}
