import type { FrameLog } from "../frames/frame-log.ts";
import type { Machine } from "./machine.ts";
import { StateCache } from "./state-cache.ts";

/** Where states of a machine come from that somebody else saved. */
export interface SnapshotSource {
  /** The latest tick at or before another one of which there is a snapshot. */
  latestUpTo(tick: number): number | undefined;
  /** The snapshot of a tick; undefined if it cannot be had. */
  load(tick: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export interface PlaybackOptions {
  /** At the beginning: nothing played yet. */
  readonly machine: Machine;
  readonly frames: FrameLog;
  /** Without one, going back plays from the beginning, or from a state that was kept here. */
  readonly snapshots?: SnapshotSource | undefined;
  /** For how long a seek plays without letting others have their turn, in ms. Default 8. */
  readonly sliceMs?: number | undefined;
  /** Between two states that a seek keeps for the next one, in frames. Default 1,050. */
  readonly keepEvery?: number | undefined;
  /** How much states that are kept may take, in bytes. Default 160 MiB. */
  readonly keepBytes?: number | undefined;
  /** Any clock that only goes forward, in ms. Default `performance.now()`. */
  readonly now?: (() => number) | undefined;
}

/** How a seek ended: `there`, or not, since a later one took its place. */
export type SeekEnd = "there" | "superseded";

const DEFAULTS = { sliceMs: 8, keepEvery: 1_050, keepBytes: 160 * 1_024 * 1_024 };
/** A snapshot that saves fewer frames than these is not worth its way, in frames. */
const WORTH_LOADING = 700;
/** With so many snapshots that were of no use none is asked for any more: a stranger may have listed one for each frame. */
const MAX_USELESS = 8;
/** So many states before the target of a seek are kept: more cost time, and push each other out. */
const KEEP_BEFORE = 6;
/** Between two looks at the clock, in frames. */
const STRIDE = 32;

/** A machine at some moment of a timeline, which can be brought to any other. */
export class Playback {
  readonly machine: Machine;
  readonly #frames: FrameLog;
  readonly #snapshots: SnapshotSource | undefined;
  readonly #sliceMs: number;
  readonly #keepEvery: number;
  readonly #now: () => number;
  readonly #kept: StateCache;
  readonly #start: Uint8Array<ArrayBuffer>;
  /** Snapshots that turned out to be of no use are not asked for again. */
  readonly #useless = new Set<number>();
  /** The snapshot that the machine's state, and all states that are kept, may rest on. */
  #base: number | undefined;
  #newest = 0;

  /** @param origin - a playback of the same machine, whose beginning is also this one's */
  constructor(options: PlaybackOptions, origin?: Playback) {
    this.machine = options.machine;
    this.#frames = options.frames;
    this.#snapshots = options.snapshots;
    this.#sliceMs = options.sliceMs ?? DEFAULTS.sliceMs;
    this.#keepEvery = options.keepEvery ?? DEFAULTS.keepEvery;
    this.#now = options.now ?? (() => performance.now());
    this.#kept =
      origin === undefined ? new StateCache(options.keepBytes ?? DEFAULTS.keepBytes) : origin.#kept;
    this.#start = origin === undefined ? this.machine.save() : origin.#start;
    if (origin !== undefined) this.#base = origin.#base;
  }

  /**
   * A playback of the same machine, from where it is, along other frames that have all in common which it has played: a fork.
   * What was kept stays of use. This one is not to be used any more.
   */
  branch(frames: FrameLog, snapshots?: SnapshotSource): Playback {
    this.#newest++;
    this.#kept.deleteAfter(this.tick);
    const { machine } = this;
    const [sliceMs, keepEvery, now] = [this.#sliceMs, this.#keepEvery, this.#now];
    return new Playback({ machine, frames, snapshots, sliceMs, keepEvery, now }, this);
  }

  /** How many frames the machine has played. */
  get tick(): number {
    return this.machine.tick;
  }

  /** How many frames there are that it has not played. */
  get waiting(): number {
    return Math.max(0, this.#frames.length - this.tick);
  }

  /** Plays the next frames, at once. @returns how many, at most as many as there are */
  advance(count: number): number {
    const most = Math.min(count, this.waiting);
    for (let played = 0; played < most; played++) this.machine.step(this.#frames.at(this.tick));
    return most;
  }

  /**
   * Brings the machine to a moment, from wherever that is nearest: from where it is, a state that was kept, a snapshot, or the
   * beginning. Other work gets its turn meanwhile; whoever plays on must not until it is over. A later seek takes its place.
   *
   * @param tick - how many frames are to have been played; brought into the range that there is
   * @throws what the machine throws
   */
  async seek(tick: number): Promise<SeekEnd> {
    const mine = ++this.#newest;
    const target = Math.max(0, Math.min(Math.round(tick), this.#frames.length));
    for (;;) {
      await this.#approach(target, mine);
      try {
        return await this.#play(target, mine);
      } catch (error) {
        // What a stranger saved may be the state of nothing.
        if (!this.distrust()) throw error;
      }
    }
  }

  /** Ends a seek that is under way, as a later one would. */
  stop(): void {
    this.#newest++;
  }

  /**
   * Whoever finds that the machine is not in the state that it should be in says so: if what it came to rests on a snapshot,
   * that one is not used again, and the machine stands at its beginning.
   *
   * @returns whether there was such a snapshot: a seek may now come to another state
   */
  distrust(): boolean {
    if (this.#base === undefined) return false;
    this.#useless.add(this.#base);
    this.#base = undefined;
    this.#kept.clear();
    this.#restart();
    return true;
  }

  async #play(target: number, mine: number): Promise<SeekEnd> {
    let sliceEnd = this.#now() + this.#sliceMs;
    for (let played = 1; this.#newest === mine; played++) {
      if (this.tick >= target) return "there";
      this.machine.step(this.#frames.at(this.tick));
      if (this.tick % this.#keepEvery === 0) this.#keep(target);
      if (played % STRIDE !== 0 || this.#now() < sliceEnd) continue;
      await nextTurn();
      sliceEnd = this.#now() + this.#sliceMs;
    }
    return "superseded";
  }

  /** Keeps the state, if that is near enough to where a seek goes to: whoever looks there looks a bit before it next. */
  #keep(target: number): void {
    const isNear = target - this.tick < KEEP_BEFORE * this.#keepEvery;
    if (isNear && !this.#kept.has(this.tick)) this.#kept.set(this.tick, this.machine.save());
  }

  /** Loads what is nearest before a moment, unless the machine itself is. */
  async #approach(target: number, mine: number): Promise<void> {
    const own = this.tick <= target ? this.tick : -1;
    const kept = this.#kept.latestUpTo(target) ?? 0;
    for (;;) {
      const far = this.#snapshotUpTo(target);
      if (far === undefined || far < Math.max(own, kept) + WORTH_LOADING) break;
      const state = await this.#snapshots!.load(far);
      if (this.#newest !== mine) return;
      if (state !== undefined && this.#load(far, state)) {
        this.#base = far;
        this.#kept.set(far, state);
        return;
      }
      this.#useless.add(far);
    }
    if (this.tick <= target && this.tick >= kept) return;
    const state = this.#kept.get(kept);
    if (state === undefined || !this.#load(kept, state)) this.#restart();
  }

  /** The latest snapshot up to a moment that is not known to be of no use. */
  #snapshotUpTo(target: number): number | undefined {
    if (this.#useless.size >= MAX_USELESS) return undefined;
    let tick = this.#snapshots?.latestUpTo(target);
    while (tick !== undefined && this.#useless.has(tick)) tick = this.#snapshots!.latestUpTo(tick - 1);
    return tick;
  }

  /** Whether a state could be loaded and is of the moment that it is said to be of. Else the machine is at its beginning. */
  #load(tick: number, state: Uint8Array<ArrayBuffer>): boolean {
    if (this.machine.load(state) && this.tick === tick) return true;
    this.#restart();
    return false;
  }

  #restart(): void {
    if (!this.machine.load(this.#start) || this.tick !== 0)
      throw new Error("the machine does not go back to the state that it began with");
  }
}

/** Lets whatever waits have its turn. A timer would wait for some ms each time. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
