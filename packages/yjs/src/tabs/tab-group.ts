/**
 * Tabs of one browser that show one document share a connection: one of them leads, and has it; the others follow. A lock
 * says who leads, so that a tab that is closed is replaced at once.
 *
 *     hello     a tab: I am here, and have this          welcome   the leader, to it: what you lack
 *     lead      the leader: I have begun                 update    the leader: the document changed
 *     change    a tab: store this                        stored    the leader, to it: the server has it
 *     presence  any tab: these are there                 status    the leader: how the connection is
 */
import type { YjsProviderStatus } from "../provider/options.ts";
import type { TabChannel, TabEnvironment } from "./environment.ts";

export type TabMessage =
  | { readonly kind: "hello"; readonly from: string; readonly stateVector: Uint8Array }
  | { readonly kind: "lead" }
  | {
      readonly kind: "welcome";
      readonly to: string;
      readonly update: Uint8Array;
      readonly stateVector: Uint8Array;
      readonly presence: Uint8Array | undefined;
      readonly status: YjsProviderStatus;
      readonly atTail: boolean;
    }
  | { readonly kind: "change"; readonly from: string; readonly number: number; readonly body: Uint8Array }
  | { readonly kind: "stored"; readonly to: string; readonly number: number }
  | { readonly kind: "update"; readonly update: Uint8Array }
  | { readonly kind: "presence"; readonly update: Uint8Array }
  | { readonly kind: "status"; readonly status: YjsProviderStatus; readonly atTail: boolean };

/** A message of one kind. */
export type TabMessageOf<Kind extends TabMessage["kind"]> = Extract<TabMessage, { kind: Kind }>;

export interface TabGroupOptions {
  /** The same for all tabs that show the document in the same way. */
  readonly name: string;
  /** This tab. */
  readonly id: string;
  /** This tab leads from now on, until it leaves. */
  readonly onLead: () => void;
  /** A message to all, or to this tab. */
  readonly onMessage: (message: TabMessage) => void;
}

export class TabGroup {
  readonly #channel: TabChannel;
  readonly #leaving = new AbortController();
  #isLeader = false;

  /** Joins: first as one that follows. */
  constructor(environment: TabEnvironment, options: TabGroupOptions) {
    const { name, id, onLead, onMessage } = options;
    this.#channel = environment.openChannel(name);
    this.#channel.addEventListener("message", ({ data }) => {
      const message = data as TabMessage;
      const { to } = data as { readonly to?: string };
      const isForUs = to === undefined || to === id;
      if (isForUs && !this.#leaving.signal.aborted) onMessage(message);
    });
    const { signal } = this.#leaving;
    const lead = (): Promise<void> => {
      if (signal.aborted) return Promise.resolve();
      this.#isLeader = true;
      onLead();
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    };
    // Rejects when this tab leaves before it has led.
    environment.holdLock(name, signal, lead).catch(() => undefined);
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  post(message: TabMessage): void {
    if (!this.#leaving.signal.aborted) this.#channel.postMessage(message);
  }

  leave(): void {
    this.#leaving.abort();
    this.#channel.close();
  }
}
