/**
 * What happens to streams, as subscriptions hear of it. A stream that a pattern matches is linked before its first data that counts
 * is written, so that no crash can leave one without the other; that something is pending need not be written, since it
 * follows from where streams end and how far the cursors are.
 */
import { STREAM_ROOT } from "@perennial/protocol";
import type { Stream } from "../catalog/stream.ts";
import type { Pending } from "../shard/pending.ts";
import type { StreamWatch } from "../shard/watch.ts";
import { isOwnPath } from "../stream/paths.ts";
import { ownStart, type StreamState } from "../stream/state.ts";
import type { Link } from "./core/state.ts";
import { bereft } from "./core/wakes.ts";
import type { Store } from "./store.ts";
import type { Subscription, Watched } from "./subscription.ts";

const ROOT_LENGTH = STREAM_ROOT.length + 1;

/** Those who watch one stream and are told at once; more are told in steps. */
const TOLD_AT_ONCE = 64;

/** Whoever carries on from what is noticed. */
export interface Noticed {
  /** The subscription has something to do, perhaps. */
  onNews(subscription: Subscription): void;
  /** The stream has news for very many. */
  onNewsForMany(path: string): void;
  /** Nothing could be written: its links are to be looked at again. */
  onStale(subscription: Subscription): void;
  /** There is no room for the link that a stream needs. */
  onNoRoom(subscription: Subscription): void;
  /** Whether there is room for one more link, after one that is not needed was let go. */
  hasRoom(subscription: Subscription): boolean;
}

/** The path of a stream relative to the root, as clients name it. */
export function relativePath(path: string): string {
  return path.slice(ROOT_LENGTH);
}

/** Where a stream begins for those who hear of it from its first data on. */
export function firstCursor(state: StreamState, from: number): number {
  return state.fork === undefined && from === 0 ? -1 : from;
}

/** How far the clock may have been set back since, milliseconds. */
const MARGIN_MS = 60_000;

/** Whether something may have been appended to a stream when there was no room to link it. */
export function mayBeMissed({ progress }: Subscription, { lastAppendAt }: StreamState): boolean {
  return progress.missedSince !== undefined && lastAppendAt >= progress.missedSince - MARGIN_MS;
}

export class Notices implements StreamWatch {
  readonly #store: Store;
  readonly #noticed: Noticed;
  readonly #now: () => number;

  constructor(store: Store, noticed: Noticed, now: () => number) {
    this.#now = now;
    this.#store = store;
    this.#noticed = noticed;
  }

  beforeAppend(state: StreamState, from: number): boolean {
    const { watchers, globs } = this.#store;
    if (watchers.size === 0 && globs.size === 0) return false;
    const path = relativePath(state.path);
    if (globs.size > 0) this.#linkByPattern(path, state, from);
    return watchers.get(path).size > 0;
  }

  beforeCreate(state: StreamState): boolean {
    const { watchers, globs, wakeStreams } = this.#store;
    if (watchers.size === 0 && globs.size === 0 && wakeStreams.size === 0) return false;
    const path = relativePath(state.path);
    for (const watched of [...watchers.get(path)]) this.#linkNewLife(watched, state);
    const start = ownStart(state);
    if (globs.size > 0 && state.tail > start) this.#linkByPattern(path, state, start);
    return watchers.get(path).size > 0 || this.#awaited(path);
  }

  #linkByPattern(path: string, state: StreamState, from: number): void {
    const { globs, wakeStreams } = this.#store;
    if (isOwnPath(state.path) || wakeStreams.get(path).size > 0) return;
    for (const subscription of globs.matching(path)) {
      if (subscription.links.has(path) || this.#store.refusal() !== undefined) continue;
      if (!this.#noticed.hasRoom(subscription)) {
        this.#noticed.onNoRoom(subscription);
        continue;
      }
      const start = mayBeMissed(subscription, state) ? ownStart(state) : from;
      const link: Link = {
        ...{ path, streamId: state.id, acked: firstCursor(state, start) },
        ...{ isExplicit: false, isGlob: true },
      };
      this.#store.change(subscription, { links: [link] });
    }
  }

  /** Whether wakes could not be written to a stream since there was none. */
  #awaited(path: string): boolean {
    let isAwaited = false;
    for (const subscription of this.#store.wakeStreams.get(path)) {
      subscription.isRetried = subscription.progress.lastError !== undefined;
      isAwaited ||= subscription.isRetried;
    }
    return isAwaited;
  }

  /** A stream comes to be at a path that is linked: it was waited for, or the one before it is gone. */
  #linkNewLife({ subscription, link }: Watched, state: StreamState): void {
    if (this.#store.refusal() !== undefined) {
      this.#noticed.onStale(subscription);
      return;
    }
    const acked = state.fork === undefined ? 0 : ownStart(state);
    if (link.streamId === 0)
      this.#store.change(subscription, { links: [{ ...link, streamId: state.id, acked }] });
    else this.unlink(subscription, link.path);
  }

  afterDelete(state: StreamState): void {
    const path = relativePath(state.path);
    for (const { subscription, link } of [...this.#store.watchers.get(path)]) {
      if (link.streamId !== state.id) continue;
      if (this.#store.refusal() === undefined) this.unlink(subscription, path);
      else this.#noticed.onStale(subscription);
    }
  }

  onLost(pending: Pending): void {
    this.#store.undo(pending);
  }

  /** The stream is gone, and so is what was known of it. */
  unlink(subscription: Subscription, path: string): void {
    const { progress } = subscription;
    this.#store.change(subscription, {
      unlinked: [path],
      ...(progress.wake !== undefined && { progress: bereft(progress, path, this.#now()) }),
    });
  }

  onDurable(stream: Stream): void {
    const path = relativePath(stream.state.path);
    const watching = this.#store.watchers.get(path);
    if (watching.size > TOLD_AT_ONCE) this.#noticed.onNewsForMany(path);
    else for (const watched of watching) this.tell(watched, stream.state.id, stream.visibleTail, true);
    for (const subscription of this.#store.wakeStreams.get(path))
      if (subscription.isRetried) this.#noticed.onNews(subscription);
  }

  /**
   * What one watcher is told.
   *
   * @param isNew whether it just happened: what was given up is then tried again
   */
  tell(watched: Watched, streamId: number, tail: number, isNew: boolean): void {
    const { subscription, link } = watched;
    if (link.streamId !== streamId || !subscription.note(watched, tail)) return;
    if (isNew) subscription.hasNews = true;
    this.#noticed.onNews(subscription);
  }
}
