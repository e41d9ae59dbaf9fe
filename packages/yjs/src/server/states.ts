import type { DocumentId } from "./paths.ts";

/** What is remembered of a document: never its content. */
export interface YjsDocumentState {
  /** Up to where the newest snapshot goes; null without one. */
  snapshotOffset: string | null;
  /** Bytes of updates since then, as far as known. */
  updatesSizeBytes: number;
  /** Whether it is being compacted by this process. */
  compacting: boolean;
  /** Bytes of that snapshot; 0 where that is not known. */
  snapshotBytes: number;
  /** Not compacted before so many bytes of updates, after it failed. */
  retryAtBytes: number;
}

/** Documents whose state is remembered. One that is forgotten is looked up again when it is written to. */
const STATES_MAX = 10_000;

/** The states of the documents written to most recently, but for small ones, of which there is nothing to remember. */
export class DocumentStates {
  readonly #states = new Map<string, YjsDocumentState>();

  get({ service, docPath }: DocumentId): YjsDocumentState | undefined {
    return this.#states.get(`${service}/${docPath}`);
  }

  /** The state, which is made anew if there is none, and counts as the most recent. */
  use({ service, docPath }: DocumentId): YjsDocumentState {
    const key = `${service}/${docPath}`;
    const state = this.#states.get(key) ?? newState();
    this.#states.delete(key);
    this.#states.set(key, state);
    if (this.#states.size > STATES_MAX) this.#forgetOldest();
    return state;
  }

  delete({ service, docPath }: DocumentId): void {
    this.#states.delete(`${service}/${docPath}`);
  }

  #forgetOldest(): void {
    for (const [key, { compacting }] of this.#states) {
      if (compacting) continue;
      this.#states.delete(key);
      return;
    }
  }
}

function newState(): YjsDocumentState {
  return { snapshotOffset: null, updatesSizeBytes: 0, compacting: false, snapshotBytes: 0, retryAtBytes: 0 };
}
