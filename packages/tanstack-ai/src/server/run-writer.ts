import { drain, LINGER_MS, PromptAppends, type Source, type SourceContext } from "@perennial/ai";
import { type DurableStream, IdempotentProducer } from "@perennial/client";
import { customEvent, STOPPED_EVENT, sanitizeChunkForStorage, WRITER_EVENT } from "../format.ts";
import { ActiveRuns } from "../session/runs.ts";
import { looseChunk, type TanStackChunk } from "../types.ts";

const NOTES_PER_LEASE = 4;

/** How a run is written. */
export interface RunOptions {
  /** The longest silence after which readers take this process for dead, in ms. */
  readonly leaseMs: number;
  /** What readers are told of an error of the source. */
  readonly errorText: (error: unknown) => string;
  /** Told of the runs that have begun, so that somebody can stop them. */
  readonly onRun: (runId: string, stop: (reason: string | undefined) => void) => void;
}

/** How a run ended. */
export type RunEnd =
  | { readonly kind: "completed" }
  | { readonly kind: "stopped" }
  /** The source failed: readers saw a `RUN_ERROR`. */
  | { readonly kind: "failed"; readonly error: unknown };

/** Writes the chunks of one answer into a session, each once, whatever answers of the server are lost. */
export class RunWriter {
  readonly #options: RunOptions;
  readonly #producer: IdempotentProducer;
  readonly #stop = new AbortController();
  readonly #runs = new ActiveRuns();
  #stopReason: string | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #appends: PromptAppends;

  constructor(stream: DurableStream, options: RunOptions) {
    this.#options = options;
    this.#producer = new IdempotentProducer(stream, `run-${crypto.randomUUID()}`, {
      // Nobody else has this name: what the server has under its numbers is ours.
      ...{ replay: true, lingerMs: LINGER_MS },
      onError: (error) => this.#fail(error),
    });
    this.#appends = new PromptAppends(this.#producer);
  }

  /** Stores chunks, and waits for that. @throws what the server refused them for */
  async store(chunks: readonly TanStackChunk[]): Promise<void> {
    for (const chunk of chunks) this.#producer.append(chunk);
    await this.#producer.flush({ rejectOnError: true });
  }

  /** Writes what the source yields, to its end. @throws when chunks could not be stored */
  async run(source: Source<TanStackChunk>): Promise<RunEnd> {
    const { leaseMs } = this.#options;
    const heartbeat = setInterval(() => this.#sayAlive(), leaseMs / NOTES_PER_LEASE);
    const context: SourceContext<TanStackChunk> = { signal: this.#stop.signal, written: [] };
    const end = await drain(source, context, (chunk) => this.#take(chunk));
    clearInterval(heartbeat);
    if (this.#failure === undefined) {
      if (end.kind === "stopped") this.#endRuns((runId) => this.#stopped(runId));
      else if (end.kind === "failed") this.#endRuns((runId) => this.#failed(runId, end.error));
      await this.#producer.flush({ rejectOnError: true }).catch((error: unknown) => this.#fail(error));
    }
    await this.#producer.detach();
    if (this.#failure !== undefined) throw this.#failure.error;
    return end;
  }

  #take(chunk: TanStackChunk): void {
    // What a run takes for the whole conversation lacks what others said meanwhile.
    if (looseChunk(chunk).type === "MESSAGES_SNAPSHOT") return;
    const begun = this.#runs.add(chunk);
    this.#appends.append(sanitizeChunkForStorage(chunk));
    if (begun !== undefined) this.#begun(begun);
  }

  #begun(runId: string): void {
    this.#appends.append(this.#note(runId));
    this.#options.onRun(runId, (reason) => {
      this.#stopReason = reason;
      this.#stop.abort(new DOMException(reason ?? "The answer was stopped", "AbortError"));
    });
  }

  #note(runId: string): TanStackChunk {
    return customEvent(WRITER_EVENT, { writer: "run", runId, leaseMs: this.#options.leaseMs });
  }

  #sayAlive(): void {
    if (this.#failure === undefined)
      for (const runId of this.#runs.ids) this.#appends.append(this.#note(runId));
  }

  /** Ends the runs that the source left open; a source that failed before it began one has an error all the same. */
  #endRuns(endOf: (runId: string | undefined) => readonly TanStackChunk[]): void {
    const ids = this.#runs.ids;
    for (const runId of ids.length === 0 ? [undefined] : ids)
      for (const chunk of endOf(runId)) this.#appends.append(chunk);
  }

  #stopped(runId: string | undefined): readonly TanStackChunk[] {
    const reason = this.#stopReason === undefined ? {} : { reason: this.#stopReason };
    const said = customEvent(STOPPED_EVENT, { runId, ...reason });
    if (runId === undefined) return [said];
    const { threadId } = looseChunk(this.#runs.starts.find((start) => start.runId === runId)) as {
      threadId?: string;
    };
    return [said, { type: "RUN_FINISHED", runId, threadId, finishReason: "stop", timestamp: Date.now() }];
  }

  #failed(runId: string | undefined, error: unknown): readonly TanStackChunk[] {
    const message = this.#options.errorText(error);
    return [{ type: "RUN_ERROR", ...(runId !== undefined && { runId }), message, timestamp: Date.now() }];
  }

  /** Chunks could not be stored: there is nobody to write for. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    if (!this.#stop.signal.aborted) this.#stop.abort(error);
  }
}
