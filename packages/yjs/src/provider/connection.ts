/** A connection to the server: opened, followed, and made again when it breaks, until somebody ends it. */
import type { DocumentSync } from "../core/document-sync.ts";
import { backoffMs, Pause } from "./backoff.ts";
import { asProviderError, damaged, YjsProviderError } from "./errors.ts";
import { openDocument, type Position } from "./open-document.ts";
import type { YjsProviderStatus } from "./options.ts";
import { follow } from "./reader.ts";
import type { Requests } from "./requests.ts";
import type { Sender } from "./sender.ts";

export interface ConnectionOptions {
  readonly requests: Requests;
  readonly sync: DocumentSync;
  readonly sender: Sender;
  readonly liveMode: "sse" | "long-poll";
  readonly createIfMissing: boolean;
  readonly maxBackoffMs: number;
  readonly onStatus: (status: YjsProviderStatus, atTail: boolean) => void;
  readonly onError: (error: YjsProviderError) => void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #pause = new Pause();
  /** Where to go on; undefined before the document was opened. */
  #position: Position | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Begins anew with the next `run`: the document is opened, created if it may be, and compared with. */
  forget(): void {
    this.#position = undefined;
    this.#options.sync.forget();
  }

  /** The server can perhaps be reached again: waits no longer. */
  wake(): void {
    this.#pause.wake();
  }

  /** Resolves when the signal is aborted, or with an error that no repetition mends, which is told. */
  async run(signal: AbortSignal): Promise<void> {
    const { onStatus, onError, maxBackoffMs, sync } = this.#options;
    for (let failures = 0; !signal.aborted; failures++) {
      const hadSynced = sync.hasSynced;
      onStatus("connecting", false);
      try {
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        const problem = this.#meaning(asProviderError(error));
        onError(problem);
        onStatus("disconnected", false);
        if (!problem.isPassing) return;
      }
      if (sync.hasSynced && !hadSynced) failures = 0;
      await this.#pause.wait(backoffMs(failures, maxBackoffMs), signal);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { requests, sync, sender, createIfMissing, onStatus, onError } = this.#options;
    const onDamaged = (error: Error): void => onError(damaged(error));
    if (this.#position === undefined) {
      const mayCreate = createIfMissing && !sync.hasSynced;
      const opening = await openDocument(requests, mayCreate, onDamaged, signal);
      if (signal.aborted) return;
      this.#take(opening.updates, opening.position, false);
    }
    await follow(
      this.#position!,
      {
        ...this.#options,
        onUpdates: (updates, position, atTail) => {
          if (signal.aborted) return;
          this.#take(updates, position, atTail);
          if (!atTail) return;
          onStatus("connected", true);
          sender.start();
        },
        onLost: () => {
          if (!signal.aborted) onStatus("connecting", false);
        },
        onDamaged,
      },
      signal,
    );
  }

  #take(updates: readonly Uint8Array[], position: Position, atTail: boolean): void {
    this.#position = position;
    this.#options.sync.take(updates, atTail);
  }

  /** What is missing now and was there before was deleted. */
  #meaning(error: YjsProviderError): YjsProviderError {
    const isGone = error.status === 404 || error.status === 410;
    if (!isGone || !this.#options.sync.hasSynced) return error;
    const message = "the document was deleted; what this copy holds is not sent to a new one by itself";
    return new YjsProviderError("DOCUMENT_DELETED", message, error.status, error);
  }
}
