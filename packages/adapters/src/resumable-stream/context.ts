import { isMissing, type Source, startGeneration } from "@perennial/ai";
import { handleAt, type StreamsPlace, streamUrl } from "../streams/place.ts";
import { type TextChunk, textFormat } from "./format.ts";
import { readTexts } from "./read.ts";

const DAY_SECONDS = 86_400;

/** Options of `createResumableStreamContext`. */
export interface ResumableStreamOptions extends StreamsPlace {
  /** Keeps the process alive until a promise settles; null where nothing has to. */
  readonly waitUntil: ((promise: Promise<unknown>) => void) | null;
  /** The first part of the names of streams. Default `resumable-stream`. */
  readonly keyPrefix?: string | undefined;
  /** How long a stream is kept after its last use, in seconds. Default a day. */
  readonly ttlSeconds?: number | undefined;
  /** The longest silence after which readers take the process that writes for dead, in ms. Default 10,000. */
  readonly leaseMs?: number | undefined;
}

/** A stream of texts for a reader; null when it is done, undefined when it is not known. */
export type Resumed = ReadableStream<string> | null | undefined;

/** What `resumable-stream` has, and `replayStream`. */
export interface ResumableStreamContext {
  /** Begins a stream, or resumes the one of this id. Null when that is done. Of many who call at once, one makes it. */
  resumableStream(
    streamId: string,
    makeStream: () => ReadableStream<string>,
    skipCharacters?: number,
  ): Promise<ReadableStream<string> | null>;
  /** Resumes a stream that is under way. Null when it is done, undefined when there is none. */
  resumeExistingStream(streamId: string, skipCharacters?: number): Promise<Resumed>;
  /** Begins a stream anew, whatever there was of this id. */
  createNewResumableStream(
    streamId: string,
    makeStream: () => ReadableStream<string>,
    skipCharacters?: number,
  ): Promise<ReadableStream<string> | null>;
  /** Null when there is none of this id, `DONE` when it is done. */
  hasExistingStream(streamId: string): Promise<null | true | "DONE">;
  /** All of a stream, done or not; undefined when there is none. Redis keeps nothing of what is done. */
  replayStream(streamId: string, skipCharacters?: number): Promise<ReadableStream<string> | undefined>;
}

/**
 * A drop-in for `resumable-stream` without Redis. What was written is kept by the server of streams, not by the process that
 * writes it: when that dies, readers get all of it, and an error instead of an endless wait.
 *
 * @example
 * ```ts
 * import { createResumableStreamContext } from "@perennial/adapters/resumable-stream";
 * const context = createResumableStreamContext({
 *   streamsUrl: "http://localhost:4437/v1/stream/my-app",
 *   waitUntil: null,
 * });
 * const make = () => new ReadableStream<string>({ start: (controller) => controller.close() });
 * const response = new Response((await context.resumableStream("chat-1", make))?.pipeThrough(new TextEncoderStream()));
 * ```
 */
export function createResumableStreamContext(options: ResumableStreamOptions): ResumableStreamContext {
  return new Context(options);
}

class Context implements ResumableStreamContext {
  readonly #options: ResumableStreamOptions;

  constructor(options: ResumableStreamOptions) {
    this.#options = options;
  }

  resumableStream: ResumableStreamContext["resumableStream"] = async (id, make, skip) => {
    const { ttlSeconds = DAY_SECONDS, leaseMs, waitUntil } = this.#options;
    const generation = await startGeneration<TextChunk>({
      ...{ target: this.#target(id), format: textFormat, source: textsOf(make), stoppable: false },
      ...{ ttlSeconds, leaseMs },
    });
    if (generation.kind === "rejected") return generation.rejection === "ended" ? null : this.#read(id, skip);
    waitUntil?.(generation.finished);
    return this.#read(id, skip);
  };

  createNewResumableStream: ResumableStreamContext["createNewResumableStream"] = async (id, make, skip) => {
    try {
      await this.#handle(id).delete();
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return this.resumableStream(id, make, skip);
  };

  resumeExistingStream: ResumableStreamContext["resumeExistingStream"] = async (id, skip) => {
    const state = await this.hasExistingStream(id);
    if (state === null) return undefined;
    return state === "DONE" ? null : this.#read(id, skip);
  };

  hasExistingStream: ResumableStreamContext["hasExistingStream"] = async (id) => {
    const found = await this.#handle(id).head();
    if (!found.exists) return null;
    return found.streamClosed ? "DONE" : true;
  };

  replayStream: ResumableStreamContext["replayStream"] = async (id, skip) =>
    (await this.hasExistingStream(id)) === null ? undefined : this.#read(id, skip);

  #read(id: string, skip = 0): Promise<ReadableStream<string>> {
    return readTexts(this.#target(id), skip);
  }

  #names(id: string): [string, string] {
    return [this.#options.keyPrefix ?? "resumable-stream", id];
  }

  #handle(id: string) {
    return handleAt(this.#options, ...this.#names(id));
  }

  #target(id: string) {
    const { headers, fetch, backoffOptions } = this.#options;
    return { url: streamUrl(this.#options, ...this.#names(id)), headers, fetch, backoffOptions };
  }
}

/** The texts of a stream, which is made once it is known that this process writes it. */
function textsOf(make: () => ReadableStream<string>): Source<TextChunk> {
  return async function* ({ signal }) {
    const reader = make().getReader();
    signal.addEventListener("abort", () => void reader.cancel().catch(() => undefined), { once: true });
    for (let next = await reader.read(); !next.done; next = await reader.read())
      if (next.value !== "") yield { text: next.value };
  };
}
