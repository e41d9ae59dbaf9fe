import type { IdempotentProducer } from "@perennial/client";
import type { ChunkFormat, WriterNote } from "../format.ts";
import { PromptAppends } from "./prompt-appends.ts";
import { drain, type Source, type SourceEnd } from "./source.ts";
import { removeControl, stopAsked } from "./stop.ts";
import type { GenerationTarget } from "./target.ts";

/** Notes per lease: one that comes late does no harm. */
const NOTES_PER_LEASE = 4;

/** How a generation ended. */
export type Outcome =
  | { readonly kind: "completed"; readonly offset: string }
  | { readonly kind: "stopped"; readonly offset: string; readonly reason: string | undefined }
  /** The source failed. Readers saw an error chunk and the end. */
  | { readonly kind: "failed"; readonly offset: string; readonly error: unknown }
  /** Chunks could not be stored, or another writer took over: this one wrote no end. */
  | { readonly kind: "lost"; readonly error: unknown };

/** A generation under way. */
export interface Generation {
  readonly kind: "generation";
  /** Settles once readers have seen the end. Never rejects. */
  readonly finished: Promise<Outcome>;
  /** Stops it from this process, as `requestStop` does from any. */
  stop(reason?: string): void;
}

/** How chunks are written. */
export interface WriteOptions<Chunk> {
  readonly target: GenerationTarget;
  readonly format: ChunkFormat<Chunk>;
  readonly source: Source<Chunk>;
  /** The longest silence after which readers take the writer for dead, in ms. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /** Whether others may stop it. Default true. */
  readonly stoppable?: boolean | undefined;
  /** What readers are told of an error of the source. Default: that there was one, and nothing about it. */
  readonly errorText?: ((error: unknown) => string) | undefined;
  /** Told of what goes wrong beside the answer: requests to stop cannot be heard, say. */
  readonly onWarning?: ((error: unknown) => void) | undefined;
}

/** Says nothing about the error: messages of providers hold keys and addresses. */
export const defaultErrorText = (): string => "An error occurred.";

/** Options without gaps, and who writes. */
export interface Writing<Chunk> {
  readonly target: GenerationTarget;
  readonly format: ChunkFormat<Chunk>;
  readonly source: Source<Chunk>;
  readonly leaseMs: number;
  readonly stoppable: boolean;
  readonly errorText: (error: unknown) => string;
  readonly onWarning: (error: unknown) => void;
  readonly note: WriterNote;
  readonly written: readonly Chunk[];
}

/** Writes the chunks of a source into a generation that is claimed, and ends it. */
export class GenerationWriter<Chunk> implements Generation {
  readonly kind = "generation";
  readonly finished: Promise<Outcome>;
  readonly #writing: Writing<Chunk>;
  readonly #producer: IdempotentProducer;
  readonly #stop = new AbortController();
  /** Aborted at the end, for what runs beside. */
  readonly #over = new AbortController();
  #stopReason: string | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #appends: PromptAppends;

  /** @param failures - told to the writer when chunks could not be stored */
  constructor(writing: Writing<Chunk>, producer: IdempotentProducer, failures: FailureReport) {
    this.#writing = writing;
    this.#producer = producer;
    this.#appends = new PromptAppends(producer);
    failures.listen((error) => this.#fail(error));
    this.finished = this.#run();
  }

  stop(reason?: string): void {
    if (this.#stop.signal.aborted) return;
    this.#stopReason = reason;
    this.#stop.abort(new DOMException(reason ?? "The answer was stopped", "AbortError"));
  }

  async #run(): Promise<Outcome> {
    const { leaseMs, source, written } = this.#writing;
    const heartbeat = setInterval(() => this.#sayAlive(), leaseMs / NOTES_PER_LEASE);
    if (this.#writing.stoppable) void this.#hearStops();
    const context = { signal: this.#stop.signal, written };
    const end = await drain(source, context, (chunk) => this.#appends.append(chunk));
    clearInterval(heartbeat);
    try {
      return await this.#end(end);
    } finally {
      this.#over.abort();
      if (this.#writing.stoppable && this.#failure === undefined)
        await removeControl(this.#writing.target).catch(this.#writing.onWarning);
    }
  }

  #sayAlive(): void {
    const { leaseMs, format, note } = this.#writing;
    if (this.#failure !== undefined || Date.now() - this.#appends.lastAt < leaseMs / NOTES_PER_LEASE / 2)
      return;
    this.#appends.append(format.note(note));
  }

  async #hearStops(): Promise<void> {
    try {
      const asked = await stopAsked(this.#writing.target, this.#over.signal);
      if (asked !== undefined) this.stop(asked.reason);
    } catch (error) {
      this.#writing.onWarning(error);
    }
  }

  /** Chunks could not be stored: there is nobody to write for. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    if (!this.#stop.signal.aborted) this.#stop.abort(error);
  }

  async #end(end: SourceEnd): Promise<Outcome> {
    if (this.#failure !== undefined) return { kind: "lost", error: this.#failure.error };
    const { format, errorText } = this.#writing;
    try {
      if (end.kind === "completed") return { kind: "completed", offset: await this.#close() };
      if (end.kind === "stopped") {
        const reason = this.#stopReason;
        return { kind: "stopped", offset: await this.#close(format.abort(reason)), reason };
      }
      const offset = await this.#close(format.error(errorText(end.error)));
      return { kind: "failed", offset, error: end.error };
    } catch (error) {
      this.#failure ??= { error };
      return { kind: "lost", error: this.#failure.error };
    }
  }

  async #close(last?: Chunk): Promise<string> {
    return (await this.#producer.close(last)).finalOffset;
  }
}

/** Carries failures of a producer to the writer that is made after it. */
export class FailureReport {
  #listener: ((error: unknown) => void) | undefined;
  #first: { readonly error: unknown } | undefined;

  readonly report = (error: unknown): void => {
    this.#first ??= { error };
    this.#listener?.(error);
  };

  listen(listener: (error: unknown) => void): void {
    this.#listener = listener;
    if (this.#first !== undefined) listener(this.#first.error);
  }
}
