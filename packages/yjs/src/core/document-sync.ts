/**
 * A document between its editors and its server. Until it has been in step once, nobody knows what of its content the server
 * has: when the tail is reached that is found out, and what is missing goes into the outbox. From then on Yjs tells each
 * change exactly.
 */
import { applyAll } from "./apply-all.ts";
import { isEmpty, missingOnServer } from "./missing.ts";
import { Outbox } from "./outbox.ts";
import type { DocListener, YDoc, YjsLibrary } from "./yjs-library.ts";

/** Origin of what comes from the server, as the official provider names it. */
const ORIGIN = "server";

export interface DocumentSyncOptions {
  readonly yjs: YjsLibrary;
  readonly doc: YDoc;
  /** Nothing goes into the outbox. */
  readonly readOnly: boolean;
  /** Something went into the outbox. */
  readonly onChange: () => void;
  /** The document changed, by whomever. */
  readonly onUpdate: (update: Uint8Array) => void;
  readonly onDamaged: (error: Error) => void;
}

export class DocumentSync {
  readonly outbox: Outbox;
  readonly #options: DocumentSyncOptions;
  /** What the server gave, for as long as it is to be compared with. */
  #fromServer: Uint8Array[] | undefined = [];
  /** Whether the outbox says all that the server may lack. */
  #isExact = false;
  #isApplying = false;
  #afterSync: (() => void)[] = [];
  readonly #onUpdate: DocListener;

  constructor(options: DocumentSyncOptions) {
    this.#options = options;
    this.outbox = new Outbox((updates) => options.yjs.mergeUpdates(updates));
    this.#isExact = isEmpty(options.yjs, options.doc);
    this.#onUpdate = (update, _origin, _doc, transaction) => {
      if (!this.#isApplying) this.#onChange(update, transaction.local);
      options.onUpdate(update);
    };
    options.doc.on("update", this.#onUpdate);
  }

  get doc(): YDoc {
    return this.#options.doc;
  }

  /** Whether it has been in step with the server. */
  get hasSynced(): boolean {
    return this.#fromServer === undefined;
  }

  /** Takes what the server gave; `atTail` when that is all there is. */
  take(updates: readonly Uint8Array[], atTail: boolean): void {
    this.apply(updates);
    if (this.#fromServer === undefined) return;
    for (const update of updates) if (update.length > 0) this.#fromServer.push(update);
    if (atTail) this.#compare(this.#fromServer);
  }

  /** Applies what the server, or the tab that is connected to it, has: it is no change of ours. */
  apply(updates: readonly Uint8Array[]): void {
    this.#isApplying = true;
    try {
      applyAll(this.#options.yjs, this.#options.doc, updates, ORIGIN, this.#options.onDamaged);
    } finally {
      this.#isApplying = false;
    }
  }

  /** Applies what another tab changed: what of it is new here is ours to send. */
  applyOfTab(updates: readonly Uint8Array[]): void {
    applyAll(this.#options.yjs, this.#options.doc, updates, ORIGIN, this.#options.onDamaged);
  }

  /** Calls back when the server has all that is here now. */
  whenStored(onStored: () => void): void {
    if (this.hasSynced) this.outbox.whenStored(onStored);
    else this.#afterSync.push(() => this.outbox.whenStored(onStored));
  }

  /** Compares anew when the tail is reached again. Whoever calls this reads from the beginning. */
  forget(): void {
    this.#fromServer = [];
    this.#isExact = false;
  }

  /** What the server lacks is this, or nothing. */
  replaceOutbox(update: Uint8Array | undefined): void {
    if (this.#options.readOnly) return;
    this.outbox.replace(update);
    this.#options.onChange();
  }

  destroy(): void {
    this.#options.doc.off("update", this.#onUpdate);
  }

  #onChange(update: Uint8Array, isLocal: boolean): void {
    if (this.#options.readOnly) return;
    // What somebody else loads before we are in step, such as a local copy, the server may have.
    if (!isLocal && !this.hasSynced) this.#isExact = false;
    this.outbox.add(update);
    this.#options.onChange();
  }

  #compare(fromServer: readonly Uint8Array[]): void {
    this.#fromServer = undefined;
    const { yjs, doc, readOnly } = this.#options;
    if (!this.#isExact && !readOnly) this.outbox.replace(missingOnServer(yjs, doc, fromServer));
    this.#isExact = true;
    const afterSync = this.#afterSync;
    this.#afterSync = [];
    for (const callback of afterSync) callback();
  }
}
