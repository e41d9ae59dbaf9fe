/** Who is to be looked at when: a heap, in which what was put off lies until its old time comes. */
import type { Subscription } from "./subscription.ts";

interface Entry {
  readonly at: number;
  readonly subscription: Subscription;
}

export class Timetable {
  readonly #heap: Entry[] = [];

  /** The next time, epoch milliseconds. */
  get next(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** Looks at it then, and at no other time; undefined: never. */
  set(subscription: Subscription, at: number | undefined): void {
    subscription.scheduledAt = at;
    // What lies there earlier is put off when it comes up: so there is one entry of each, however often it changes.
    if (at !== undefined && at < (subscription.queuedAt ?? Number.POSITIVE_INFINITY))
      this.#queue(at, subscription);
  }

  /** Takes out one whose time has come. */
  take(now: number): Subscription | undefined {
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.#pop();
      const { subscription, at } = first;
      if (subscription.queuedAt !== at) continue;
      subscription.queuedAt = undefined;
      const { scheduledAt } = subscription;
      if (scheduledAt === undefined || subscription.isGone) continue;
      if (scheduledAt > now) this.#queue(scheduledAt, subscription);
      else {
        subscription.scheduledAt = undefined;
        return subscription;
      }
    }
    return undefined;
  }

  #queue(at: number, subscription: Subscription): void {
    subscription.queuedAt = at;
    this.#push({ at, subscription });
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.at <= entry.at) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child += 1;
      if (heap[child]!.at >= last.at) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}
