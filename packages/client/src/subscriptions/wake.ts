import type { ControlApi } from "./control.ts";
import type { Ack, WokenStream } from "./types.ts";

/** What is known of a wake that a worker has. */
export interface WakeParts {
  readonly subscriptionId: string;
  readonly wakeId: string;
  readonly generation: number;
  readonly streams: readonly WokenStream[];
  readonly token: string;
  /** Where its reports go. */
  readonly reportUrl: string;
  /** Where it is given back; a webhook's cannot be. */
  readonly releaseUrl: string | undefined;
  /** How long the worker may be silent, ms. */
  readonly leaseMs: number | undefined;
}

/** A wake that this worker has. Once it is done, or another worker has it, its methods throw `SubscriptionError` (`FENCED`). */
export class Wake {
  readonly subscriptionId: string;
  readonly generation: number;
  /** All streams of the subscription, those with news first. */
  readonly streams: readonly WokenStream[];
  /** How long the worker may be silent, ms; undefined where the server does not say. */
  readonly leaseMs: number | undefined;
  readonly #api: ControlApi;
  readonly #parts: WakeParts;

  constructor(api: ControlApi, parts: WakeParts) {
    this.subscriptionId = parts.subscriptionId;
    this.generation = parts.generation;
    this.streams = parts.streams;
    this.leaseMs = parts.leaseMs;
    this.#api = api;
    this.#parts = parts;
  }

  /** The streams with news. */
  get pending(): readonly WokenStream[] {
    return this.streams.filter(({ has_pending }) => has_pending);
  }

  /** Moves cursors, and goes on. */
  async ack(acks: readonly Ack[]): Promise<void> {
    await this.#report({ acks });
  }

  /** Says that this worker is still at it. */
  async extend(): Promise<void> {
    await this.#report({});
  }

  /**
   * Ends the wake.
   *
   * @param acks how far the worker is. Default: all that the wake told of is processed
   * @returns whether another wake follows, since there is work left
   */
  async done(acks: readonly Ack[] = this.#all()): Promise<boolean> {
    const { next_wake: isNext } = await this.#report<{ next_wake: boolean }>({ acks, done: true });
    return isNext;
  }

  /** Gives the wake up: somebody else gets it. A webhook's wake ends where it is. */
  async release(): Promise<void> {
    const { releaseUrl } = this.#parts;
    if (releaseUrl === undefined) await this.#report({ done: true });
    else await this.#send(releaseUrl, {});
  }

  #all(): readonly Ack[] {
    return this.pending.map(({ path, tail_offset }) => ({ stream: path, offset: tail_offset }));
  }

  #report<Answer>(more: object): Promise<Answer> {
    return this.#send(this.#parts.reportUrl, more);
  }

  #send<Answer>(url: string, more: object): Promise<Answer> {
    const { wakeId: wake_id, generation, token } = this.#parts;
    return this.#api.send<Answer>("POST", url, { body: { wake_id, generation, ...more }, token });
  }
}
