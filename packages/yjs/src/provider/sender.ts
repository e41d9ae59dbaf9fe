/** Brings what is in the outbox to the server: one request at a time, each repeated until it is stored or refused. */
import type { Flight, Outbox, SendOutcome } from "../core/outbox.ts";
import type { Rejected } from "../core/result.ts";
import { backoffMs, Pause } from "./backoff.ts";
import { YjsProviderError } from "./errors.ts";

/** How long `stop` goes on trying to send what is left, ms. */
const DRAIN_MS = 5_000;

/** What a request came to. */
export type Posted = SendOutcome | Rejected<YjsProviderError>;

/** The way to whoever stores changes: the server, or the tab that is connected to it. */
export type Post = (flight: Flight, signal: AbortSignal) => Promise<Posted>;

export interface SenderOptions {
  readonly outbox: Outbox;
  /** Sends a request once. Never rejects; an error is a refusal. */
  readonly post: Post;
  readonly maxBackoffMs: number;
  /** Something was stored. */
  readonly onStored: () => void;
  /** Changes are refused, and stay in the outbox until the next start. */
  readonly onRefused: (error: YjsProviderError) => void;
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #pause = new Pause();
  #controller: AbortController | undefined;
  #running: Promise<void> | undefined;
  /** What is at the head of the outbox was refused, or given up: nothing is sent before the next `kick`. */
  #isBlocked = false;
  #isStopping = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Sends from now on; a stop that is under way is called off. */
  start(): void {
    this.#isStopping = false;
    this.#controller ??= new AbortController();
    this.kick();
  }

  /** There is something to send, or the server can be reached again. */
  kick(): void {
    this.#pause.wake();
    if (this.#controller === undefined || this.#running !== undefined) return;
    const { signal } = this.#controller;
    this.#running = this.#run(signal).finally(() => {
      this.#running = undefined;
      // Added while it was on its way out, or it was started anew.
      if (signal.aborted && this.#controller !== undefined) this.kick();
      if (!signal.aborted && this.#options.outbox.size > 0 && !this.#isBlocked && !this.#isStopping)
        this.kick();
    });
  }

  /** Sends nothing before the next `start`. What is under way is sent again then. */
  hold(): void {
    this.#isStopping = false;
    this.#controller?.abort();
    this.#controller = undefined;
  }

  /** Sends what is left, for a short while, and stops. What is not stored then stays in the outbox. */
  async stop(): Promise<void> {
    const controller = this.#controller;
    if (controller === undefined || this.#isStopping) return;
    this.#isStopping = true;
    const timer = setTimeout(() => this.#isStopping && controller.abort(), DRAIN_MS);
    this.#pause.wake();
    await this.#running;
    // Added while the last run was on its way out.
    if (this.#isStopping && !this.#isBlocked) this.kick();
    await this.#running;
    clearTimeout(timer);
    // Started again meanwhile.
    if (this.#isStopping) this.hold();
  }

  async #run(signal: AbortSignal): Promise<void> {
    // What is changed within one turn goes together.
    await Promise.resolve();
    const { outbox, onStored } = this.#options;
    this.#isBlocked = false;
    for (let failures = 0; !signal.aborted; ) {
      const flight = outbox.next();
      if (flight === undefined) break;
      const outcome = await this.#send(flight, signal);
      if (outcome === undefined) {
        this.#isBlocked = true;
        break;
      }
      if (!outbox.settle(flight, outcome)) {
        this.#isBlocked = true;
        const message = `a change of ${flight.body.length} bytes is longer than the server takes`;
        this.#options.onRefused(new YjsProviderError("CHANGE_TOO_LONG", message, 413));
        break;
      }
      if (outcome.kind === "stored") {
        failures = 0;
        onStored();
      } else if (outcome.kind !== "too-long") {
        if (this.#isStopping && outcome.kind === "again") {
          this.#isBlocked = true;
          break;
        }
        await this.#pause.wait(backoffMs(failures++, this.#options.maxBackoffMs), signal);
      }
    }
  }

  /** Undefined when it is refused, which is told. */
  async #send(flight: Flight, signal: AbortSignal): Promise<SendOutcome | undefined> {
    const outcome = await this.#options.post(flight, signal);
    if (outcome.kind !== "rejected") return outcome;
    this.#options.onRefused(outcome.rejection);
    return undefined;
  }
}
