/**
 * Does what subscriptions need without anybody asking: begins wakes, has them delivered, ends leases. Each step is a look at one
 * subscription; many take turns, so that a stream that a hundred thousand watch holds nobody up.
 */
import { randomUUID } from "node:crypto";
import type { Shard } from "../shard/shard.ts";
import type { Mark } from "./core/state.ts";
import { begun, dueAt, ended } from "./core/wakes.ts";
import type { Store } from "./store.ts";
import type { Subscription, Watched } from "./subscription.ts";
import { Timetable } from "./timetable.ts";

/** Brings a wake to its worker: begins that, and has the subscription looked at again when it is done. */
export interface Delivery {
  /** Whether the service of a subscription is disabled. */
  isHeldBack(subscription: Subscription): boolean;
  deliver(subscription: Subscription): void;
}

/** Streams that one wake tells of. Others are in the next. */
const MARKS_MAX = 1000;
/** Characters of their paths. */
const MARKED_PATHS_MAX = 32 * 1024;
/** Subscriptions looked at in one step. */
const STEP = 20;
/** While nothing can be written. */
const REFUSED_MS = 1000;
/** The clock is looked at this often at least, since somebody may set it. */
const LOOK_MS = 1000;

export class Runner {
  readonly #shard: Shard;
  readonly #store: Store;
  readonly #timetable = new Timetable();
  readonly #delivery: Delivery;
  /** Those whose service is disabled: nothing is done for them until it is enabled. */
  readonly #resting = new Set<Subscription>();
  readonly #dirty = new Set<Subscription>();
  #isRunning = false;
  #isStopped = false;
  readonly #onIdle: (subscription: Subscription) => void;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  /** @param onIdle hears of a subscription that was looked at, and has no wake */
  constructor(shard: Shard, store: Store, delivery: Delivery, onIdle: (subscription: Subscription) => void) {
    this.#onIdle = onIdle;
    this.#shard = shard;
    this.#store = store;
    this.#delivery = delivery;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks at a subscription soon. May be called from anywhere. */
  mark(subscription: Subscription): void {
    if (this.#isStopped) return;
    this.#dirty.add(subscription);
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#shard.turns.run(this.#steps()).finally(() => {
      this.#isRunning = false;
      const next = this.#dirty.values().next();
      if (!next.done) this.mark(next.value);
    });
  }

  *#steps(): Generator<void> {
    let looked = 0;
    for (const subscription of this.#dirty) {
      if (this.#isStopped) return;
      this.#dirty.delete(subscription);
      this.#look(subscription);
      if (++looked % STEP === 0) yield;
    }
  }

  /** Looks again at those whose service was disabled: perhaps it is so no more. */
  resume(): void {
    const resting = [...this.#resting];
    this.#resting.clear();
    for (const subscription of resting) this.mark(subscription);
  }

  /** Looks at all whose time has come. By itself it does so when the clock says so. */
  tick(): void {
    const now = this.#shard.now();
    for (let due = this.#timetable.take(now); due !== undefined; due = this.#timetable.take(now))
      this.mark(due);
    this.#setTimer();
  }

  #setTimer(): void {
    const { next } = this.#timetable;
    if (next === undefined || this.#isStopped || next >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = next;
    const wait = Math.min(Math.max(next - this.#shard.now(), 0), LOOK_MS);
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.tick();
    }, wait);
    this.#timer.unref();
  }

  /** Looks at a subscription then. */
  at(subscription: Subscription, time: number | undefined): void {
    this.#timetable.set(subscription, time);
    this.#setTimer();
  }

  #look(subscription: Subscription): void {
    if (subscription.isGone) return;
    if (this.#delivery.isHeldBack(subscription)) {
      this.#resting.add(subscription);
      this.at(subscription, undefined);
      return;
    }
    const now = this.#shard.now();
    const heldUntil = this.#store.refusal() === undefined ? subscription.heldUntil : now + REFUSED_MS;
    if (heldUntil > now) {
      this.at(subscription, heldUntil);
      return;
    }
    this.#endLease(subscription, now);
    this.#unpark(subscription);
    this.#beginIfDue(subscription, now);
    const { wake } = subscription.progress;
    if (wake?.nextAt !== undefined && (wake.nextAt <= now || subscription.isRetried)) {
      this.#deliver(subscription);
      return;
    }
    if (wake === undefined) this.#onIdle(subscription);
    this.at(subscription, dueAt(subscription.progress, subscription.pending.size > 0));
  }

  #endLease(subscription: Subscription, now: number): void {
    const { progress } = subscription;
    const { wake } = progress;
    if (wake === undefined || wake.leaseUntil === undefined || wake.leaseUntil > now) return;
    // While a delivery is still to be made, or under way, nobody has the wake yet.
    if (wake.holder === undefined && wake.nextAt !== undefined) return;
    this.#store.change(subscription, { progress: ended(progress, now, false) });
  }

  /** News give one that was given up another chance. */
  #unpark(subscription: Subscription): void {
    const { hasNews, progress } = subscription;
    subscription.hasNews = false;
    if (hasNews && progress.isParked)
      this.#store.change(subscription, { progress: { ...progress, isParked: false } });
  }

  #beginIfDue(subscription: Subscription, now: number): void {
    const { progress, pending } = subscription;
    if (progress.wake !== undefined || pending.size === 0 || progress.isParked) return;
    if ((progress.notBefore ?? 0) <= now) this.begin(subscription);
  }

  /** Begins a wake. There must be none, and something pending, and the log must take records. */
  begin(subscription: Subscription): void {
    const { progress, pending, settings } = subscription;
    const [first] = pending;
    const marks = settings.type === "webhook" ? marksOf(pending) : [];
    const wake = {
      id: `w_${randomUUID().replaceAll("-", "").slice(0, 24)}`,
      stream: first!.link.path,
      marks,
    };
    this.#store.change(subscription, { progress: begun(progress, wake, this.#shard.now()) });
  }

  /** What is told to a worker must be durable first. */
  #deliver(subscription: Subscription): void {
    if (subscription.isBusy) return;
    subscription.isBusy = true;
    subscription.isRetried = false;
    void this.#store.settled.then((failure) => {
      subscription.isBusy = false;
      if (this.#isStopped || subscription.isGone) return;
      if (failure === undefined) this.#delivery.deliver(subscription);
      else this.mark(subscription);
    });
  }
}

/** Where streams with news end, as far as one record holds them. */
function marksOf(pending: ReadonlySet<Watched>): readonly Mark[] {
  const marks: Mark[] = [];
  let length = 0;
  for (const { link, tail } of pending) {
    length += link.path.length;
    if (marks.length === MARKS_MAX || length > MARKED_PATHS_MAX) break;
    marks.push({ path: link.path, streamId: link.streamId, tail });
  }
  return marks;
}
