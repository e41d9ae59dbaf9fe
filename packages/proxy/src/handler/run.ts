/** Carries a response from its upstream into its stream, whoever reads it, and ends the stream when it ends. */
import { DurableStream, IdempotentProducer, StreamClosedError } from "@perennial/client";
import { DEFAULT_CONTENT_TYPE } from "@perennial/protocol";
import type { Outcome } from "../core/words.ts";
import type { Context } from "./context.ts";
import type { Run } from "./running.ts";

/** What is to be carried. */
export interface Source {
  /** Null if there is none. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** Ends the request to the upstream. */
  readonly controller: AbortController;
}

/** Bytes that may wait to be stored. Beyond it the upstream is not read. */
const WAITING_BYTES = 256 * 1024;
/** How writes are repeated: a server below may be restarted meanwhile. */
const BACKOFF = { initialDelay: 50, maxDelay: 2_000, attemptTimeout: 10_000 };

/** Begins to carry. */
export function startRun(context: Context, id: string, source: Source): Run {
  return new Carrier(context, id, source);
}

class Carrier implements Run {
  readonly ended: Promise<void>;
  readonly #context: Context;
  readonly #id: string;
  readonly #source: Source;
  readonly #producer: IdempotentProducer;
  /** Why it ends, once that is decided. */
  #outcome: Outcome | undefined;
  #bytes = 0;
  #waiting = 0;
  #storageError: Error | undefined;
  /** When a piece last went out without waiting for more, ms. */
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(context: Context, id: string, source: Source) {
    this.#context = context;
    this.#id = id;
    this.#source = source;
    const { backend, settings } = context;
    const handle = new DurableStream({
      url: backend.bytes(id),
      contentType: DEFAULT_CONTENT_TYPE,
      headers: { ...backend.headers },
      fetch: backend.fetch,
      backoffOptions: { ...BACKOFF, deadline: settings.storagePatienceMs },
      warnOnHttp: false,
    });
    this.#producer = new IdempotentProducer(handle, "proxy", {
      lingerMs: settings.flushMs,
      onError: (error) => this.#onStorageError(error),
    });
    this.ended = this.#carry();
  }

  stop(outcome: Outcome): void {
    this.#outcome ??= outcome;
    this.#source.controller.abort();
  }

  /** Never rejects. */
  async #carry(): Promise<void> {
    const { settings } = this.#context;
    const { logger } = settings;
    const reached = await this.#pump();
    this.#source.controller.abort();
    let outcome = reached;
    try {
      outcome = await this.#end(reached);
    } catch (error) {
      // Whoever reads it next finds that nobody fetches it, and ends it.
      logger.warn({ streamId: this.#id, reason: (error as Error).name }, "a response could not be ended");
    }
    const bytes = this.#bytes;
    logger.info({ streamId: this.#id, outcome, bytes }, "a response has ended");
    try {
      settings.onFinished?.({ streamId: this.#id, outcome, bytes });
    } catch (error) {
      logger.warn({ err: error }, "onFinished threw");
    }
  }

  /** Carries until there is nothing more to carry. */
  async #pump(): Promise<Outcome> {
    const reader = this.#source.body?.getReader();
    const silence = new Silence(this.#context.settings.inactivityTimeoutMs, () => this.stop("timeout"));
    try {
      for (;;) {
        silence.begin();
        const read = await reader?.read();
        silence.end();
        if (this.#outcome !== undefined) return this.#outcome;
        if (read === undefined || read.done) return "complete";
        if (!(await this.#store(read.value))) return this.#outcome ?? "too-large";
      }
    } catch {
      return this.#outcome ?? "failed";
    } finally {
      silence.stop();
      reader?.cancel().catch(() => undefined);
    }
  }

  /** Stores a piece, or as much of it as there is room for. False when that was the last one. */
  async #store(piece: Uint8Array): Promise<boolean> {
    const room = this.#context.settings.maxResponseBytes - this.#bytes;
    const kept = piece.length > room ? piece.subarray(0, room) : piece;
    if (kept.length > 0) this.#producer.append(kept);
    const now = performance.now();
    const isAfterPause = now - this.#sentAt >= this.#context.settings.flushMs;
    this.#bytes += kept.length;
    this.#waiting += kept.length;
    if (kept.length < piece.length) return false;
    if (this.#waiting >= WAITING_BYTES) {
      await this.#producer.flush({ rejectOnError: true });
      this.#waiting = 0;
    } else if (isAfterPause) {
      this.#sentAt = now;
      void this.#producer.flush({ rejectOnError: false });
    }
    return this.#outcome === undefined;
  }

  #onStorageError(error: Error): void {
    this.#storageError ??= error;
    // Somebody else has ended it: a reader aborted it through another process, or took this one for dead.
    const isClosed = error instanceof StreamClosedError;
    if (!isClosed)
      this.#context.settings.logger.warn(
        { streamId: this.#id, reason: error.name },
        "a response could not be stored",
      );
    this.stop(isClosed ? "aborted" : "failed");
  }

  /** Stores what is left and lets readers see the end. @returns how it ended for them */
  async #end(reached: Outcome): Promise<Outcome> {
    const { records } = this.#context;
    await this.#producer.flush({ rejectOnError: false });
    if (this.#storageError instanceof StreamClosedError) return records.outcome(this.#id);
    const outcome = this.#storageError === undefined ? reached : "failed";
    if (outcome === "complete") {
      try {
        await this.#producer.close();
      } catch (error) {
        if (error instanceof StreamClosedError) return records.outcome(this.#id);
        throw error;
      }
      records.remember(this.#id, outcome);
      return outcome;
    }
    await records.settle(this.#id, outcome);
    // Somebody may have been first, with another reason.
    return records.outcome(this.#id);
  }
}

/** Notices that nothing came for a while. One timer serves all pieces. */
class Silence {
  readonly #limitMs: number;
  readonly #onSilence: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since: number | undefined;

  constructor(limitMs: number, onSilence: () => void) {
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
    this.#arm(limitMs);
  }

  /** Something is waited for from now on. */
  begin(): void {
    this.#since = performance.now();
  }

  /** It came. */
  end(): void {
    this.#since = undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const left =
        this.#since === undefined ? this.#limitMs : this.#since + this.#limitMs - performance.now();
      if (left <= 0) this.#onSilence();
      else this.#arm(left);
    }, ms);
  }
}
