/** Presence between the own page, its other tabs, and the server. */
import type { AwarenessChange, AwarenessLibrary, AwarenessLike } from "../core/yjs-library.ts";
import { Presence, type PresenceOptions, SERVER_ORIGIN } from "./presence.ts";

/** Origin of what another tab says. */
const TAB_ORIGIN = "tab";

export interface WhoOptions extends Omit<PresenceOptions, "library"> {
  readonly library: AwarenessLibrary | undefined;
}

export class Who {
  readonly #awareness: AwarenessLike;
  readonly #library: AwarenessLibrary;
  readonly #presence: Presence;
  /** The own state as it was when the connection ended, for the next one. */
  #kept: Record<string, unknown> | null = null;
  #isOnline = false;
  /** Tells the other tabs. */
  onChange: ((update: Uint8Array) => void) | undefined;

  constructor(options: WhoOptions) {
    const { awareness, library } = options;
    if (library === undefined) throw new TypeError("awareness needs awarenessProtocol");
    this.#awareness = awareness;
    this.#library = library;
    this.#presence = new Presence({ ...options, library });
    awareness.on("update", this.#onUpdate);
    globalThis.addEventListener?.("pagehide", this.#onPageHide);
    globalThis.addEventListener?.("pageshow", this.#onPageShow);
  }

  /** A connection begins: the own state is what it was, unless it was set meanwhile. */
  start(): void {
    if (this.#awareness.getLocalState() === null && this.#kept !== null)
      this.#awareness.setLocalState(this.#kept);
    this.#kept = null;
  }

  /** The connection is ours, not another tab's, and the document is there. */
  goOnline(): void {
    this.#isOnline = true;
    this.#presence.start();
  }

  /** Takes leave: the own state becomes null, which the others are told, and theirs are gone from here. */
  stop(): void {
    const { clientID } = this.#awareness;
    this.#kept ??= this.#awareness.getLocalState();
    const wasOnline = this.#isOnline;
    this.#isOnline = false;
    this.#presence.stop();
    this.#awareness.setLocalState(null);
    if (wasOnline) this.#presence.sendLast([clientID]);
    const others = [...this.#awareness.getStates().keys()].filter((client) => client !== clientID);
    this.#library.removeAwarenessStates(this.#awareness as never, others, SERVER_ORIGIN);
  }

  /** What another tab says; it has no connection of its own, if this one has. */
  applyOfTab(update: Uint8Array): void {
    this.#library.applyAwarenessUpdate(this.#awareness as never, update, TAB_ORIGIN);
  }

  /** The states of all that are known here. */
  all(): Uint8Array {
    return this.#encode([...this.#awareness.getStates().keys()]);
  }

  /** Tells the other tabs that we are here. */
  announce(): void {
    if (this.#awareness.getLocalState() !== null) this.onChange?.(this.#encode([this.#awareness.clientID]));
  }

  destroy(): void {
    this.#awareness.off("update", this.#onUpdate);
    globalThis.removeEventListener?.("pagehide", this.#onPageHide);
    globalThis.removeEventListener?.("pageshow", this.#onPageShow);
  }

  readonly #onUpdate = (change: AwarenessChange, origin: unknown): void => {
    const { clientID } = this.#awareness;
    const changed = [...change.added, ...change.updated, ...change.removed];
    const isOwn = changed.includes(clientID);
    if (this.#isOnline) {
      if (origin === SERVER_ORIGIN) this.#presence.welcome(change);
      const ours = origin === TAB_ORIGIN ? changed : isOwn ? [clientID] : [];
      if (ours.length > 0) this.#presence.send(ours);
    }
    if (this.#isOnline ? changed.length > 0 : isOwn) this.onChange?.(this.#encode(changed));
  };

  /** The page is left, or put aside: the others need not wait until it has been silent for long. */
  readonly #onPageHide = (): void => {
    if (this.#awareness.getLocalState() === null) return;
    this.#kept = this.#awareness.getLocalState();
    this.#awareness.setLocalState(null);
    if (this.#isOnline) this.#presence.sendLast([this.#awareness.clientID]);
  };

  readonly #onPageShow = (): void => (this.#isOnline ? this.start() : undefined);

  #encode(clients: number[]): Uint8Array {
    return this.#library.encodeAwarenessUpdate(this.#awareness as never, clients);
  }
}
