import { ControlApi, type SubscriptionsOptions } from "./control.ts";
import { SubscriptionError } from "./errors.ts";
import type {
  DeadLetter,
  SubscriptionConfig,
  SubscriptionInfo,
  WebhookNotification,
  WokenStream,
} from "./types.ts";
import { Wake } from "./wake.ts";

/**
 * The subscriptions of a server: they wake workers when streams have news.
 *
 * @example
 * ```ts
 * import { Subscriptions } from "@perennial/client/subscriptions";
 * const subscriptions = new Subscriptions({ url: "http://localhost:4437/v1/stream" });
 * await subscriptions.create("mailman", {
 *   type: "webhook",
 *   pattern: "inbox/*",
 *   webhook: { url: "http://localhost:8787/hook" },
 * });
 * ```
 */
export class Subscriptions {
  readonly #api: ControlApi;

  constructor(options: SubscriptionsOptions) {
    this.#api = new ControlApi(options);
  }

  /** The stream root, without a slash at the end. */
  get root(): string {
    return this.#api.root;
  }

  /** What it was made with. */
  get options(): SubscriptionsOptions {
    return this.#api.options;
  }

  /**
   * Makes a subscription, or confirms that it is there. What streams hold already counts as processed.
   *
   * @throws SubscriptionError `SUBSCRIPTION_ALREADY_EXISTS` when it is configured otherwise
   */
  create(id: string, config: SubscriptionConfig): Promise<SubscriptionInfo> {
    return this.#api.send("PUT", this.#api.address(id), { body: config });
  }

  /** @returns undefined when there is none */
  get(id: string): Promise<SubscriptionInfo | undefined> {
    return unlessMissing(this.#api.send<SubscriptionInfo>("GET", this.#api.address(id)));
  }

  /** Deletes it, if there is one. */
  delete(id: string): Promise<void> {
    return this.#api.send("DELETE", this.#api.address(id));
  }

  addStreams(id: string, streams: readonly string[]): Promise<void> {
    return this.#api.send("POST", this.#api.address(id, "streams"), { body: { streams } });
  }

  removeStream(id: string, path: string): Promise<void> {
    return this.#api.send("DELETE", this.#api.address(id, "streams", path));
  }

  /** Wakes that were given up. An extension of Perennial. */
  async deadLetters(id: string): Promise<readonly DeadLetter[]> {
    const url = this.#api.address(id, "dead-letters");
    return (await this.#api.send<{ dead_letters: readonly DeadLetter[] }>("GET", url)).dead_letters;
  }

  /** Sends what is pending now, also what was given up. An extension of Perennial. */
  replay(id: string): Promise<void> {
    return this.#api.send("POST", this.#api.address(id, "replay"));
  }

  /**
   * Claims the wake of a pull-wake subscription.
   *
   * @param worker a name for this worker, which others see while it has the lease
   * @returns undefined when there is nothing to do, or somebody else has it
   */
  async claim(id: string, worker: string): Promise<Wake | undefined> {
    const claimed = await unlessBusy(
      this.#api.send<Claimed | undefined>("POST", this.#api.address(id, "claim"), { body: { worker } }),
    );
    if (claimed === undefined) return undefined;
    return new Wake(this.#api, {
      subscriptionId: id,
      ...{ wakeId: claimed.wake_id, generation: claimed.generation, streams: claimed.streams },
      ...{ token: claimed.token, leaseMs: claimed.lease_ttl_ms },
      ...{ reportUrl: this.#api.address(id, "ack"), releaseUrl: this.#api.address(id, "release") },
    });
  }

  /** The wake of a webhook that was verified, for a worker that calls back. */
  wakeOf(notification: WebhookNotification): Wake {
    return new Wake(this.#api, {
      ...{ subscriptionId: notification.subscription_id, wakeId: notification.wake_id },
      ...{ generation: notification.generation, streams: notification.streams },
      ...{ token: notification.callback_token, leaseMs: undefined },
      // By our own address: what a webhook says may not be how we reach the server.
      ...{ reportUrl: this.#api.address(notification.subscription_id, "callback"), releaseUrl: undefined },
    });
  }
}

interface Claimed {
  readonly wake_id: string;
  readonly generation: number;
  readonly token: string;
  readonly streams: readonly WokenStream[];
  readonly lease_ttl_ms: number;
}

async function unlessMissing<Found>(asking: Promise<Found>): Promise<Found | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof SubscriptionError && error.status === 404) return undefined;
    throw error;
  }
}

const BUSY: ReadonlySet<string> = new Set(["ALREADY_CLAIMED", "NO_PENDING_WORK", "SUBSCRIPTION_NOT_FOUND"]);

async function unlessBusy<Found>(asking: Promise<Found>): Promise<Found | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof SubscriptionError && BUSY.has(error.code)) return undefined;
    throw error;
  }
}
