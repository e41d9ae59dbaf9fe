import { DocumentSync } from "../core/document-sync.ts";
import type { AwarenessLike, YDoc } from "../core/yjs-library.ts";
import { browserTabs } from "../tabs/environment.ts";
import { TabRole } from "../tabs/tab-role.ts";
import { Connection } from "./connection.ts";
import { Emitter } from "./emitter.ts";
import { damaged } from "./errors.ts";
import type { CoreOptions, YjsProviderEvents, YjsProviderStatus } from "./options.ts";
import { postToServer } from "./post-changes.ts";
import { Requests } from "./requests.ts";
import { type Post, Sender } from "./sender.ts";
import { Who } from "./who.ts";

const MAX_BACKOFF_MS = 5_000;

/** How `connect` treats a document that was deleted. */
export interface ConnectOptions {
  /** Make it anew, and upload what this copy holds. Default false. */
  recreate?: boolean | undefined;
}

/**
 * Keeps a Yjs document in step with a document in a durable stream, and presence with those who look at it.
 *
 * What is changed while there is no connection waits, and is sent when there is one, each change once: requests that are
 * repeated keep their number. What the document held before, say from `y-indexeddb`, is compared with the server's when
 * it is first in step, and what the server lacks is sent.
 *
 * Events: `synced` and `sync` (boolean), `status`, `error`, `unsyncedChanges` (number). Failures that may pass are told by
 * `error` and tried again; after any other it stays disconnected until `connect()`.
 */
export class YjsProvider<
  Doc extends YDoc,
  Awareness extends AwarenessLike,
> extends Emitter<YjsProviderEvents> {
  readonly doc: Doc;
  readonly awareness: Awareness | undefined;
  readonly #options: CoreOptions<Doc, Awareness>;
  readonly #sync: DocumentSync;
  readonly #sender: Sender;
  readonly #connection: Connection;
  readonly #who: Who | undefined;
  readonly #tabs: TabRole | undefined;
  /** One `connect()`, until its `disconnect()`. */
  #session: AbortController | undefined;
  #status: YjsProviderStatus = "disconnected";
  #atTail = false;
  #synced = false;
  #unsynced = 0;
  /** Who waits for `connect()`, and for `flush()`. */
  readonly #connecting: (() => void)[] = [];
  readonly #flushing: (() => void)[] = [];
  #isDestroyed = false;

  constructor(options: CoreOptions<Doc, Awareness>) {
    super();
    const { doc, awareness, yjs, readOnly = false, liveMode = "sse" } = options;
    this.doc = doc;
    this.awareness = awareness;
    this.#options = options;
    const requests = new Requests(options);
    const maxBackoffMs = options.maxBackoffTime ?? MAX_BACKOFF_MS;
    const onError = (error: Error): void => this.emit("error", [error]);
    const onStatus = (status: YjsProviderStatus, atTail: boolean): void => this.#onStatus(status, atTail);
    const shared = { requests, liveMode, maxBackoffMs, onError, onStatus };
    this.#sync = new DocumentSync({
      ...{ yjs, doc, readOnly },
      onChange: () => this.#onChange(),
      onUpdate: (update) => this.#tabs?.onUpdate(update),
      onDamaged: (error) => onError(damaged(error)),
    });
    const id = `${doc.clientID}-${crypto.randomUUID()}`;
    this.#sender = this.#makeSender(postToServer(requests, id), maxBackoffMs);
    const parts = { sync: this.#sync, sender: this.#sender };
    this.#connection = new Connection({
      ...{ ...shared, ...parts },
      createIfMissing: options.createIfMissing ?? !readOnly,
    });
    this.#who = awareness && new Who({ ...shared, awareness, library: options.awarenessProtocol });
    const environment = options.disableBc ? undefined : (options.tabs ?? browserTabs());
    if (environment !== undefined)
      this.#tabs = new TabRole({
        ...{ ...parts, environment, id, yjs, onStatus, who: this.#who },
        name: `perennial-yjs ${readOnly ? "read-only " : ""}${requests.url}`,
        lead: (anew) => this.#lead(anew),
      });
    globalThis.addEventListener?.("online", this.#onOnline);
    if (options.connect ?? true) void this.connect();
  }

  #makeSender(toServer: Post, maxBackoffMs: number): Sender {
    return new Sender({
      outbox: this.#sync.outbox,
      maxBackoffMs,
      post: (flight, signal) => (this.#tabs?.post ?? toServer)(flight, signal),
      onStored: () => this.#update(),
      onRefused: (error) => {
        this.emit("error", [error]);
        this.#settle(this.#flushing);
      },
    });
  }

  /** Whether all that the server has is here, and all that was changed here is there. */
  get synced(): boolean {
    return this.#synced;
  }

  get connected(): boolean {
    return this.#status === "connected";
  }

  get connecting(): boolean {
    return this.#status === "connecting";
  }

  get status(): YjsProviderStatus {
    return this.#status;
  }

  /** How many local changes the server has not confirmed; always 0 if `readOnly`. */
  get unsyncedChanges(): number {
    return this.#sync.outbox.size;
  }

  get hasUnsyncedChanges(): boolean {
    return this.unsyncedChanges > 0;
  }

  /**
   * Connects, and stays connected until `disconnect()`. Resolves when it is in step for the first time, or could not be;
   * never rejects, see `error`. Called while it waits for its next attempt, it makes that attempt now.
   */
  connect({ recreate = false }: ConnectOptions = {}): Promise<void> {
    if (this.#isDestroyed || this.#status === "connected") return Promise.resolve();
    if (recreate) this.#connection.forget();
    const settled = new Promise<void>((resolve) => this.#connecting.push(resolve));
    if (this.#session !== undefined) {
      this.#connection.wake();
      return settled;
    }
    this.#session = new AbortController();
    this.#who?.start();
    if (this.#tabs === undefined) this.#lead(false);
    else {
      this.#onStatus("connecting", false);
      this.#tabs.join();
    }
    return settled;
  }

  /** Ends the connection. Resolves when what was changed before is sent, or cannot be for now; it is kept for the next. */
  async disconnect(): Promise<void> {
    if (this.#session === undefined) return;
    this.#session.abort();
    this.#session = undefined;
    this.#onStatus("disconnected", false);
    this.#who?.stop();
    await this.#sender.stop();
    // Connected again meanwhile.
    if (this.#session === undefined) this.#tabs?.leave();
  }

  /** Disconnects for good, and listens to the document and to presence no longer. */
  override destroy(): void {
    if (this.#isDestroyed) return;
    void this.disconnect();
    this.#isDestroyed = true;
    this.#who?.destroy();
    this.#sync.destroy();
    globalThis.removeEventListener?.("online", this.#onOnline);
    super.destroy();
  }

  /** Resolves when the server has all local changes; also when it is disconnected, or they are refused. */
  flush(): Promise<void> {
    if (!this.hasUnsyncedChanges || this.#status === "disconnected") return Promise.resolve();
    return new Promise((resolve) => this.#flushing.push(resolve));
  }

  /** This tab has the connection, from now on. */
  #lead(anew: boolean): void {
    const session = this.#session;
    if (session === undefined) return;
    if (anew) this.#connection.forget();
    if (this.#sync.hasSynced) this.#sender.start();
    void this.#connection.run(session.signal).then(() => {
      if (session.signal.aborted || this.#session !== session) return;
      this.#session = undefined;
      this.#who?.stop();
      void this.#sender.stop();
      this.#tabs?.leave();
    });
  }

  readonly #onOnline = (): void => {
    this.#connection.wake();
    this.#sender.kick();
  };

  #onChange(): void {
    this.#sender.kick();
    this.#update();
  }

  #onStatus(status: YjsProviderStatus, atTail: boolean): void {
    this.#atTail = atTail;
    if (status === "connected") {
      this.#sender.kick();
      if (!this.#tabs?.follows) this.#who?.goOnline();
    }
    if (status !== this.#status) {
      this.#status = status;
      const event = this.#options.statusEvents === "object" ? { status } : status;
      this.emit("status", [event as never]);
    }
    this.#tabs?.onStatus(status, atTail);
    this.#update();
    if (status === "connecting") return;
    this.#settle(this.#connecting);
    if (status === "disconnected") this.#settle(this.#flushing);
  }

  #settle(waiting: (() => void)[]): void {
    for (const resolve of waiting.splice(0)) resolve();
  }

  /** Tells what has become of `synced` and `unsyncedChanges`. */
  #update(): void {
    const synced = this.#status === "connected" && this.#atTail && this.#sync.outbox.size === 0;
    if (synced !== this.#synced) {
      this.#synced = synced;
      this.emit("synced", [synced]);
      this.emit("sync", [synced]);
    }
    if (this.unsyncedChanges === 0) this.#settle(this.#flushing);
    if (this.unsyncedChanges === this.#unsynced) return;
    this.#unsynced = this.unsyncedChanges;
    this.emit("unsyncedChanges", [this.#unsynced]);
  }
}
