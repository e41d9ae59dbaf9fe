/** What tabs of one browser share, as far as we need it. */

/** `BroadcastChannel`. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

export interface TabEnvironment {
  /** Whatever is posted to a channel comes to all others of its name, in other tabs. */
  openChannel(name: string): TabChannel;
  /**
   * Calls back when nobody else holds the lock, or has let go of it; it is held until what the callback returns settles.
   * Rejects when the signal is aborted before.
   */
  holdLock(name: string, signal: AbortSignal, held: () => Promise<void>): Promise<void>;
}

/** The browser's own; undefined where there are no tabs, or no way to agree between them. */
export function browserTabs(): TabEnvironment | undefined {
  const locks = globalThis.navigator?.locks;
  const isPage = typeof globalThis.document !== "undefined";
  if (!isPage || locks === undefined || typeof globalThis.BroadcastChannel === "undefined") return undefined;
  return {
    openChannel: (name) => new BroadcastChannel(name),
    holdLock: (name, signal, held) => locks.request(name, { signal }, held),
  };
}
