/** Brings wakes to workers: to a webhook, or into a wake stream. */
import { STREAM_ROOT } from "@perennial/protocol";
import { append } from "../shard/append.ts";
import type { Shard } from "../shard/shard.ts";
import type { Logger } from "../telemetry/logger.ts";
import { autoAcked } from "./core/acks.ts";
import type { Wake } from "./core/state.ts";
import { announced, delivered, ended, failed, unannounced } from "./core/wakes.ts";
import type { Keys } from "./keys.ts";
import type { Delivery } from "./runner.ts";
import type { Change, Store } from "./store.ts";
import type { Subscription } from "./subscription.ts";
import { wakeStreams } from "./views.ts";
import type { Courier, Outcome } from "./webhooks/courier.ts";
import type { Hosts } from "./webhooks/hosts.ts";

/** Dead letters of one subscription; then the oldest goes, whose streams are as pending as those of the newest. */
const DEAD_LETTERS_MAX = 100;

/** Path of the control API. */
export const CONTROL_ROOT = `${STREAM_ROOT}/__ds`;

export interface DeliveryDeps {
  readonly shard: Shard;
  readonly store: Store;
  readonly keys: Keys;
  readonly hosts: Hosts;
  readonly courier: Courier;
  readonly logger: Logger;
  /** Whether wakes of a scope wait. */
  isDisabled(scope: string): boolean;
  /** Failed deliveries of one wake before it is a dead letter. */
  readonly attempts: number;
}

export class Deliveries implements Delivery {
  readonly #deps: DeliveryDeps;
  readonly #onDone: (subscription: Subscription) => void;
  /** Since the start. */
  readonly counts = { delivered: 0, failed: 0 };
  readonly #underWay = new Set<Promise<void>>();
  #isStopped = false;

  /** @param onDone a delivery has ended: there may be more to do */
  constructor(deps: DeliveryDeps, onDone: (subscription: Subscription) => void) {
    this.#deps = deps;
    this.#onDone = onDone;
  }

  /** Begins nothing more, and takes no notice of what is under way; resolves when that has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#deps.courier.close();
    await Promise.all(this.#underWay);
  }

  isHeldBack({ settings }: Subscription): boolean {
    return this.#deps.isDisabled(settings.scope);
  }

  deliver(subscription: Subscription): void {
    const { wake } = subscription.progress;
    if (this.#isStopped || wake === undefined) {
      this.#onDone(subscription);
      return;
    }
    subscription.isBusy = true;
    const bringing =
      subscription.settings.type === "webhook"
        ? this.#post(subscription, wake)
        : this.#announce(subscription, wake);
    const ended = bringing
      .catch((error) => {
        // A bug: it must not be tried again at once, for ever.
        subscription.heldUntil = this.#deps.shard.now() + 60_000;
        this.#deps.logger.error({ err: error }, "a wake could not be delivered");
      })
      .finally(() => {
        this.#underWay.delete(ended);
        subscription.isBusy = false;
        this.#onDone(subscription);
      });
    this.#underWay.add(ended);
  }

  async #post(subscription: Subscription, wake: Wake): Promise<void> {
    const { hosts, keys, courier } = this.#deps;
    const { url = "", scope } = subscription.settings;
    const { host } = new URL(url);
    const restsUntil = await hosts.enter(host, scope);
    if (restsUntil !== undefined) {
      subscription.heldUntil = restsUntil;
      return;
    }
    let outcome: Outcome | undefined;
    try {
      // Its turn may come late.
      if (!this.#isCurrent(subscription, wake) || this.isHeldBack(subscription)) return;
      const body = Buffer.from(JSON.stringify(this.#notification(subscription, wake)));
      outcome = await courier.post(url, body, keys.signature(body));
    } finally {
      hosts.leave(host, scope, outcome && !(outcome.kind === "failed" && outcome.isDead));
    }
    this.counts[outcome.kind] += 1;
    if (this.#isCurrent(subscription, wake)) this.#settle(subscription, outcome);
  }

  #notification(subscription: Subscription, wake: Wake): object {
    const { number, settings, progress } = subscription;
    const { id, origin } = settings;
    return {
      ...{ subscription_id: id, wake_id: wake.id, generation: progress.generation },
      streams: wakeStreams(subscription),
      callback_url: `${origin}${CONTROL_ROOT}/subscriptions/${encodeURIComponent(id)}/callback`,
      callback_token: this.#deps.keys.token(number, progress.generation),
    };
  }

  #settle(subscription: Subscription, outcome: Outcome): void {
    if (this.#deps.store.refusal() !== undefined) return;
    const change = this.#change(subscription, outcome);
    if (change !== undefined) this.#deps.store.change(subscription, change);
  }

  #change(subscription: Subscription, outcome: Outcome): Change | undefined {
    const { shard, attempts: most } = this.#deps;
    const { progress, settings, links, deadLetters } = subscription;
    const now = shard.now();
    if (outcome.kind === "failed") {
      // It has called back: whatever became of its answer, a worker is at it.
      if (progress.wake!.nextAt === undefined) return undefined;
      const change = failed(progress, { message: outcome.message, now, random: shard.random(), most });
      const isFull = change.dead !== undefined && deadLetters.size >= DEAD_LETTERS_MAX;
      return isFull ? { ...change, revived: [...deadLetters.keys()].slice(0, 1) } : change;
    }
    if (!outcome.isDone) return { progress: delivered(progress, now, settings.leaseMs) };
    const moved = autoAcked(progress.wake!.marks, (path) => links.get(path));
    return {
      progress: ended({ ...progress, lastError: undefined }, now, moved.length > 0),
      links: moved,
      revived: [...deadLetters.keys()],
    };
  }

  #isCurrent(subscription: Subscription, wake: Wake): boolean {
    return !this.#isStopped && !subscription.isGone && subscription.progress.wake?.id === wake.id;
  }

  async #announce(subscription: Subscription, wake: Wake): Promise<void> {
    const { shard, store } = this.#deps;
    const { settings, progress } = subscription;
    const event = {
      ...{ type: "wake", subscription_id: settings.id, stream: wake.stream },
      ...{ generation: progress.generation, ts: shard.now() },
    };
    const bytes = Buffer.from(JSON.stringify(event));
    const outcome = await append(shard, `${STREAM_ROOT}/${settings.wakeStream}`, {
      ...{ body: { parts: [bytes], byteLength: bytes.length }, contentType: "application/json" },
      ...{ closes: false, producer: undefined, streamSeq: undefined },
    });
    if (!this.#isCurrent(subscription, wake) || store.refusal() !== undefined) return;
    const now = shard.now();
    const next =
      outcome.kind === "rejected"
        ? unannounced(
            subscription.progress,
            now,
            trouble(settings.wakeStream!, outcome.rejection.kind),
            shard.random(),
          )
        : announced(subscription.progress, now, settings.leaseMs);
    store.change(subscription, { progress: next });
  }
}

function trouble(path: string, kind: string): string {
  return kind === "stream-not-found"
    ? `the wake stream ${path} does not exist: create it, as a JSON stream`
    : `the wake stream ${path} cannot be written: ${kind.replaceAll("-", " ")}`;
}
