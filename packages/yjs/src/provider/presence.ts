/** Who is there: the own presence to the server, and that of the others from it. */

import { stream } from "@perennial/client";
import { encodeFrames, FrameDecoder } from "../core/framing.ts";
import { HEADER } from "../core/headers.ts";
import type { AwarenessChange, AwarenessLibrary, AwarenessLike } from "../core/yjs-library.ts";
import { backoffMs, Pause } from "./backoff.ts";
import { asProviderError, refusal, YjsProviderError } from "./errors.ts";
import type { Requests } from "./requests.ts";

/** The awareness stream that goes with each document. */
const NAME = "default";
/** Origin of what the server sent, as the official provider names it. */
export const SERVER_ORIGIN = "server";
/**
 * Whoever comes is told by each that is there: once it surely listens (the official provider says first that it is there),
 * and then at some time within so many ms for each of them, so not all at once.
 */
const WELCOME_AFTER_MS = 300;
const WELCOME_MS_EACH = 50;
const WELCOME_MS_MAX = 5_000;

export interface PresenceOptions {
  readonly requests: Requests;
  readonly awareness: AwarenessLike;
  readonly library: AwarenessLibrary;
  readonly liveMode: "sse" | "long-poll";
  readonly maxBackoffMs: number;
  readonly onError: (error: YjsProviderError) => void;
}

export class Presence {
  readonly #options: PresenceOptions;
  readonly #pause = new Pause();
  #controller: AbortController | undefined;
  /** Clients whose state is to be sent: the own one, and those of tabs that have no connection of their own. */
  readonly #unsent = new Set<number>();
  #sending = false;
  #isForbidden = false;
  #welcome: ReturnType<typeof setTimeout> | undefined;
  #hasToldDamage = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Begins to read, and says that we are here. */
  start(): void {
    if (this.#controller !== undefined) return;
    this.#controller = new AbortController();
    this.#isForbidden = false;
    void this.#read(this.#controller.signal);
  }

  /** Stops. The removal of the own state, if it was just set to null, is sent still. */
  stop(): void {
    clearTimeout(this.#welcome);
    this.#welcome = undefined;
    this.#controller?.abort();
    this.#controller = undefined;
  }

  /** Sends the present state of these clients, soon: changes while a request is under way go with the next. */
  send(clients: readonly number[]): void {
    for (const client of clients) this.#unsent.add(client);
    if (this.#controller !== undefined) void this.#sendAll(this.#controller.signal);
  }

  /** Sends their state at once, past all that is under way, also from a page that is being left. */
  sendLast(clients: readonly number[]): void {
    void this.#post(clients, { keepalive: true }).catch(() => undefined);
  }

  /** Somebody came: says that we are here, too, since nobody can read what was sent before. */
  welcome({ added }: AwarenessChange): void {
    const { awareness } = this.#options;
    if (!added.some((client) => client !== awareness.clientID)) return;
    const spread = Math.min(WELCOME_MS_MAX, WELCOME_MS_EACH * awareness.getStates().size);
    this.#welcome ??= setTimeout(
      () => {
        this.#welcome = undefined;
        if (awareness.getLocalState() !== null) this.send([awareness.clientID]);
      },
      WELCOME_AFTER_MS + Math.random() * spread,
    );
  }

  /**
   * Says that we are here, under a new clock: y-protocols takes no state whose clock is not above the one it knows, which is 0
   * for a stranger, and 0 is also the clock of a state that was never set; nor the one it took before it thought us gone.
   */
  #announce(): void {
    const { awareness } = this.#options;
    const state = awareness.getLocalState();
    if (state !== null) awareness.setLocalState(state);
    this.send([awareness.clientID]);
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    if (this.#sending || this.#isForbidden) return;
    this.#sending = true;
    // Changes of one turn go together.
    await Promise.resolve();
    for (let failures = 0; this.#unsent.size > 0 && !signal.aborted; ) {
      const clients = [...this.#unsent];
      this.#unsent.clear();
      try {
        await this.#post(clients, { signal });
        failures = 0;
      } catch (error) {
        if (signal.aborted) break;
        const problem = asProviderError(error);
        if (!problem.isPassing) {
          this.#isForbidden = true;
          this.#options.onError(problem);
          break;
        }
        for (const client of clients) this.#unsent.add(client);
        await this.#pause.wait(backoffMs(failures++, this.#options.maxBackoffMs), signal);
      }
    }
    this.#sending = false;
    // Started anew meanwhile.
    if (signal.aborted && this.#unsent.size > 0 && this.#controller !== undefined) this.send([]);
  }

  async #post(
    clients: readonly number[],
    sending: { readonly signal?: AbortSignal; readonly keepalive?: boolean },
  ): Promise<void> {
    const { awareness, library, requests } = this.#options;
    const states = (awareness as AwarenessLike & { readonly meta: Map<number, unknown> }).meta;
    const known = clients.filter((client) => states.has(client));
    if (known.length === 0) return;
    const body = encodeFrames([library.encodeAwarenessUpdate(awareness as never, known)]);
    const headers = { [HEADER.contentType]: "application/octet-stream" };
    const answer = await requests.send("POST", { awareness: NAME }, { headers, body, ...sending });
    if (answer.status >= 300)
      throw refusal("sharing presence", answer.status, new TextDecoder().decode(answer.body));
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { requests, liveMode, maxBackoffMs } = this.#options;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const response = await stream({
          ...{ url: requests.url, headers: requests.headers, fetch: requests.fetch },
          params: { ...requests.params, awareness: NAME },
          ...{ offset: "now", live: liveMode, signal, visibility: false, warnOnHttp: false },
          backoffOptions: {
            initialDelay: 100,
            maxDelay: maxBackoffMs,
            maxRetries: Infinity,
            deadline: Infinity,
          },
        });
        failures = 0;
        this.#announce();
        const decoder = new FrameDecoder();
        response.subscribeBytes(({ data }) => this.#apply(decoder, data));
        await response.closed;
      } catch (error) {
        const problem = asProviderError(error);
        // A state that is sent makes the stream anew, if it is that which is missing.
        if (problem.status === 404) this.#announce();
        else if (!problem.isPassing && !signal.aborted) return this.#options.onError(problem);
      }
      await this.#pause.wait(backoffMs(2 + failures++, maxBackoffMs), signal);
    }
  }

  #apply(decoder: FrameDecoder, data: Uint8Array): void {
    const { awareness, library } = this.#options;
    try {
      for (const update of decoder.push(data))
        if (update.length > 0) library.applyAwarenessUpdate(awareness as never, update, SERVER_ORIGIN);
    } catch (error) {
      // Anybody may send anything there: it is told once.
      if (this.#hasToldDamage) return;
      this.#hasToldDamage = true;
      const message = `presence that cannot be read was left out: ${(error as Error).message}`;
      this.#options.onError(new YjsProviderError("DAMAGED_UPDATE", message, undefined, error));
    }
  }
}
