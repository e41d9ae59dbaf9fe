/**
 * Streams that end by themselves, by the moment at which they are to be looked at. That is their deadline or, while
 * it is far, some time before: so there are few moments, whatever the deadlines. A deadline that moves away is noticed when
 * the stream is looked at, not before: a use costs nothing here.
 */
import { deadlineOf } from "../stream/expiry.ts";
import type { Stream } from "./stream.ts";

/** Moments are exact to this, milliseconds. */
const FINEST_MS = 1000;
/** A moment is at most this part of the time that is left before the deadline. */
const PRECISION = 16;
/** A stream whose end is held back is looked at again within this time, milliseconds: the hold may be over before it is. */
const HELD_LOOK_MS = 3_600_000;
/** A clock that goes back by more than this was set, milliseconds. */
const SET_BACK_MS = 30_000;

export class Deadlines {
  readonly #byMoment = new Map<number, Set<Stream>>();
  #now = 0;

  /** Streams with a deadline. */
  get size(): number {
    let size = 0;
    for (const streams of this.#byMoment.values()) size += streams.size;
    return size;
  }

  /** Adds a stream if it has a deadline. */
  add(stream: Stream): void {
    const deadline = deadlineOf(stream.state, stream.lastUse);
    if (deadline !== undefined) this.#addAt(stream, this.#momentBefore(deadline));
  }

  delete(stream: Stream): void {
    const { lookAt } = stream;
    if (lookAt === undefined) return;
    stream.lookAt = undefined;
    const streams = this.#byMoment.get(lookAt);
    streams?.delete(stream);
    if (streams?.size === 0) this.#byMoment.delete(lookAt);
  }

  /**
   * Streams that are to be looked at now, some of which may have time left. Each is looked at again later, unless it is
   * deleted: in its time, or in a second if it is due.
   *
   * @param heldMs what is added to a stream's deadline, milliseconds
   */
  *due(now: number, heldMs: (stream: Stream) => number = () => 0): Generator<Stream> {
    if (now < this.#now - SET_BACK_MS) this.#rearrange(now);
    this.#now = now;
    const moments = [...this.#byMoment.keys()].filter((moment) => moment <= now).sort((a, b) => a - b);
    for (const moment of moments) {
      for (const stream of this.#byMoment.get(moment) ?? []) {
        this.delete(stream);
        const held = heldMs(stream);
        const end = (deadlineOf(stream.state, stream.lastUse) ?? now) + held;
        const deadline = held > 0 ? Math.min(end, now + HELD_LOOK_MS) : end;
        this.#addAt(stream, deadline <= now ? now + FINEST_MS : this.#momentBefore(deadline));
        yield stream;
      }
    }
  }

  /** The moments were meant for a clock that was ahead. */
  #rearrange(now: number): void {
    const streams = [...this.#byMoment.values()].flatMap((some) => [...some]);
    this.#byMoment.clear();
    this.#now = now;
    for (const stream of streams) this.add(stream);
  }

  #addAt(stream: Stream, moment: number): void {
    stream.lookAt = moment;
    const streams = this.#byMoment.get(moment);
    if (streams === undefined) this.#byMoment.set(moment, new Set([stream]));
    else streams.add(stream);
  }

  #momentBefore(deadline: number): number {
    const left = Math.max(FINEST_MS, deadline - this.#now);
    const step = FINEST_MS * 2 ** Math.max(0, Math.floor(Math.log2(left / PRECISION / FINEST_MS)));
    return Math.max(this.#now + 1, Math.floor(deadline / step) * step);
  }
}
