/** Carries on from what is noticed about streams: tells those who watch them, and keeps their links within bounds. */
import type { Shard } from "../shard/shard.ts";
import type { Work } from "../shard/turns.ts";
import { findMissed } from "./linking.ts";
import type { Noticed, Notices } from "./notice.ts";
import type { Runner } from "./runner.ts";
import { hasLinkRoom } from "./shares.ts";
import type { Store } from "./store.ts";
import type { Subscription } from "./subscription.ts";
import { refresh, streamAt } from "./tails.ts";

/** Watchers told in one step. */
const STEP = 200;
/** While nothing can be written. */
const REFUSED_MS = 1000;

export class News implements Noticed {
  readonly #shard: Shard;
  readonly #store: Store;
  readonly #runner: Runner;
  readonly #linksMax: { readonly each: number; readonly all: number };
  #notices!: Notices;
  readonly #crowds = new Set<string>();
  readonly #stale = new Set<Subscription>();

  constructor(
    shard: Shard,
    store: Store,
    runner: Runner,
    linksMax: { readonly each: number; readonly all: number },
  ) {
    this.#shard = shard;
    this.#store = store;
    this.#runner = runner;
    this.#linksMax = linksMax;
  }

  set notices(notices: Notices) {
    this.#notices = notices;
  }

  onNews(subscription: Subscription): void {
    this.#runner.mark(subscription);
  }

  onNewsForMany(path: string): void {
    if (this.#crowds.has(path)) return;
    this.#crowds.add(path);
    void this.#shard.turns.run(this.#tellMany(path));
  }

  *#tellMany(path: string): Generator<void> {
    yield;
    this.#crowds.delete(path);
    const stream = streamAt(this.#shard, path);
    if (stream === undefined) return;
    let told = 0;
    for (const watched of [...this.#store.watchers.get(path)]) {
      this.#notices.tell(watched, stream.state.id, stream.tail, true);
      if (++told % STEP === 0) yield;
    }
  }

  /** Whether there may be news of a subscription that nobody has told it yet. */
  isBehind({ isFresh }: Subscription): boolean {
    return !isFresh || this.#crowds.size > 0;
  }

  /** Looks up all tails of a subscription. */
  refresh(subscription: Subscription): Promise<void> {
    return this.#shard.turns.run<void>(
      refresh(this.#shard, this.#store, this.#notices, subscription) as Work<void>,
    );
  }

  onStale(subscription: Subscription): void {
    if (this.#stale.has(subscription)) return;
    this.#stale.add(subscription);
    const again = setTimeout(() => {
      this.#stale.delete(subscription);
      if (this.#store.refusal() === undefined) void this.refresh(subscription);
      else this.onStale(subscription);
    }, REFUSED_MS);
    again.unref();
  }

  hasRoom(subscription: Subscription): boolean {
    const { scope } = subscription.settings;
    const isRoomy =
      subscription.links.size < this.#linksMax.each && hasLinkRoom(this.#store, this.#linksMax.all, scope, 1);
    if (isRoomy) return true;
    return this.#letGo(subscription);
  }

  /** Lets go of a link that says nothing: what is appended to its stream links it again, just there. */
  #letGo(subscription: Subscription): boolean {
    const { progress, pending, links } = subscription;
    if (progress.wake !== undefined || !subscription.isFresh || pending.size >= links.size) return false;
    for (const { link } of links.values()) {
      // What was accepted counts, also where nobody has heard of it yet.
      if (link.isExplicit || streamAt(this.#shard, link.path)?.state.tail !== link.acked) continue;
      this.#store.change(subscription, { unlinked: [link.path] });
      return true;
    }
    return false;
  }

  onNoRoom(subscription: Subscription): void {
    const { progress } = subscription;
    subscription.hasMissed = true;
    if (progress.missedSince !== undefined) return;
    this.#store.change(subscription, { progress: { ...progress, missedSince: this.#shard.now() } });
  }

  /** Looks for streams that had no room, now that half of it is free. */
  catchUp(subscription: Subscription): void {
    const { progress, pending } = subscription;
    const isDue = progress.missedSince !== undefined && pending.size * 2 <= this.#linksMax.each;
    if (!isDue || subscription.isSearching) return;
    subscription.isSearching = true;
    subscription.hasMissed = false;
    const search = findMissed(this.#shard, this.#store, subscription, () => this.hasRoom(subscription));
    void this.#shard.turns
      .run<void>(search as Work<void>)
      .then(() => this.#caughtUp(subscription))
      .finally(() => {
        subscription.isSearching = false;
      });
  }

  async #caughtUp(subscription: Subscription): Promise<void> {
    if (subscription.isGone || this.#store.refusal() !== undefined) return;
    if (!subscription.hasMissed)
      this.#store.change(subscription, { progress: { ...subscription.progress, missedSince: undefined } });
    await this.refresh(subscription);
    this.#runner.mark(subscription);
  }
}
