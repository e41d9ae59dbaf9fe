import {
  type JsonBatch,
  type Offset,
  type StreamErrorHandler,
  type StreamResponse,
  stream,
} from "@perennial/client";
import { type ChunkFormat, leaseFrom } from "../format.ts";
import { liveAtOnce } from "./at-once.ts";
import { VANISHED } from "./start.ts";
import { type GenerationTarget, streamOptions } from "./target.ts";

/** A writer is asked about twice before it counts as gone: so much of its lease passes between. */
const SECOND_LOOK = 0.25;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** How a generation is read. */
export interface ReadOptions<Chunk> {
  readonly target: GenerationTarget;
  readonly format: ChunkFormat<Chunk>;
  /** Where to go on, as a batch gave it. Default: the beginning. */
  readonly offset?: Offset | undefined;
  /** It has just begun: the first request is for what is to come. That it is not there fails the stream, then, not the call. */
  readonly isNew?: boolean | undefined;
  /** The lease that the batch at `offset` gave. Without one, a writer's silence means something once it has said so. */
  readonly leaseMs?: number | undefined;
  /** Ends the reading: readers see an end. */
  readonly signal?: AbortSignal | undefined;
  /** Asked about requests that failed for good: it may refresh a token. */
  readonly onError?: StreamErrorHandler | undefined;
}

/** Chunks that arrived together. */
export interface GenerationBatch<Chunk> {
  readonly chunks: readonly Chunk[];
  /** Store this, and `leaseMs`, after the chunks to go on behind them. */
  readonly offset: Offset;
  readonly leaseMs: number | undefined;
  /** The writer is gone. The one chunk of this batch says so and is not in the stream; it is the last. */
  readonly vanished: boolean;
}

/**
 * Reads the chunks of a generation from an offset on, as they are written, to their end. Connections that break are resumed.
 * A writer that was silent for longer than its lease, although the server can be reached, is gone: readers then see an error
 * chunk and the end. Cancelling the stream ends the reading.
 *
 * @throws FetchError when the server refuses, 404 for a stream that is not there; the stream fails with what ends it before its
 *   end
 * @example
 * ```ts
 * import { type ChunkFormat, readGeneration } from "@perennial/ai";
 * declare const format: ChunkFormat<{ type: string }>;
 * const batches = await readGeneration({ target: { url: "https://example.com/v1/stream/chat/1/answer" }, format });
 * const reader = batches.getReader();
 * for (let next = await reader.read(); !next.done; next = await reader.read()) console.log(next.value.chunks);
 * ```
 */
export async function readGeneration<Chunk>(
  options: ReadOptions<Chunk>,
): Promise<ReadableStream<GenerationBatch<Chunk>>> {
  const { target, offset = "-1", signal, onError, isNew = false } = options;
  const send = target.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const response = await stream<Chunk>({
    ...streamOptions(isNew ? { ...target, fetch: liveAtOnce(offset, send) } : target),
    ...{ json: true, live: "sse", offset, signal, onError },
  });
  return new GenerationReader(options, response, offset).readable;
}

class GenerationReader<Chunk> {
  readonly readable: ReadableStream<GenerationBatch<Chunk>>;
  readonly #options: ReadOptions<Chunk>;
  readonly #response: StreamResponse<Chunk>;
  readonly #out: WritableStreamDefaultWriter<GenerationBatch<Chunk>>;
  #offset: Offset;
  #leaseMs: number | undefined;
  /** When something was heard of the writer last, in ms of a clock that only goes forward. */
  #heard = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(options: ReadOptions<Chunk>, response: StreamResponse<Chunk>, offset: Offset) {
    this.#options = options;
    this.#response = response;
    this.#offset = offset;
    this.#leaseMs = leaseFrom(options.leaseMs);
    const pipe = new TransformStream<GenerationBatch<Chunk>, GenerationBatch<Chunk>>();
    this.readable = pipe.readable;
    this.#out = pipe.writable.getWriter();
    // A reader that leaves makes the next write fail, which ends the session; this ends it at once.
    this.#out.closed.catch(() => this.#finish());
    response.subscribeJson<Chunk>((batch) => this.#take(batch));
    response.closed.then(
      () => this.#finish(),
      (error: unknown) => this.#finish({ error }),
    );
    this.#watch();
  }

  async #take({ items, offset }: JsonBatch<Chunk>): Promise<void> {
    const { format } = this.#options;
    const chunks: Chunk[] = [];
    for (const chunk of items) {
      const note = format.noteOf(chunk);
      if (note === undefined) chunks.push(chunk);
      else this.#leaseMs = leaseFrom(note.leaseMs);
    }
    if (items.length > 0) this.#heard = performance.now();
    this.#offset = offset;
    if (chunks.length > 0) {
      await this.#out.ready;
      await this.#out.write({ chunks, offset, leaseMs: this.#leaseMs, vanished: false });
    }
    this.#watch();
  }

  /** Looks after the writer once its lease is over. */
  #watch(): void {
    if (this.#leaseMs === undefined || this.#timer !== undefined || this.#isOver) return;
    const left = this.#heard + this.#leaseMs - performance.now();
    this.#timer = setTimeout(() => void this.#look(), Math.min(Math.max(0, left), TIMER_MS_MAX));
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    const leaseMs = this.#leaseMs ?? 0;
    if (performance.now() - this.#heard < leaseMs) return this.#watch();
    const heard = this.#heard;
    const first = await this.#isSilent();
    // Both sides may have slept, as laptops do: the writer gets the time to say something.
    if (first) await this.#pause(leaseMs * SECOND_LOOK);
    const second = first && this.#heard === heard && (await this.#isSilent());
    if (this.#isOver) return;
    if (second && this.#heard === heard) return this.#vanish();
    this.#heard = performance.now();
    this.#watch();
  }

  /** Whether the server has nothing that this reader lacks. Whoever cannot reach it knows nothing of the writer. */
  async #isSilent(): Promise<boolean> {
    const { target, signal } = this.#options;
    const once = { ...target.backoffOptions, maxRetries: 0 };
    try {
      const response = await stream<Chunk>({
        ...streamOptions({ ...target, backoffOptions: once }),
        ...{ json: true, live: false, offset: this.#offset, signal },
      });
      const news = await response.json<Chunk>();
      return news.length === 0 && !response.streamClosed;
    } catch {
      return false;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(resolve, ms);
    }).then(() => {
      this.#timer = undefined;
    });
  }

  #vanish(): void {
    const chunks = [this.#options.format.error(VANISHED)];
    const last = { chunks, offset: this.#offset, leaseMs: this.#leaseMs, vanished: true };
    // A reader that left in this moment has heard enough.
    this.#out.write(last).catch(() => undefined);
    this.#finish();
  }

  #finish(failure?: { readonly error: unknown }): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#response.cancel();
    const ended = failure === undefined ? this.#out.close() : this.#out.abort(failure.error);
    ended.catch(() => undefined);
  }
}
