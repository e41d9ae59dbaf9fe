/** How a playback keeps its distance. */
export interface PlaybackClockOptions {
  /** Frames in a second. */
  readonly rate: number;
  /** How many frames a live playback stays behind the newest one, so that what arrives unevenly is shown evenly. Default 3. */
  readonly delayFrames?: number | undefined;
  /** So many frames behind, it is of no use to play faster: they are played at once. Default two seconds of them. */
  readonly jumpFrames?: number | undefined;
}

const DEFAULT_DELAY_FRAMES = 3;
/** How much faster, or slower, for each frame too many, or too few, that waits. */
const CORRECTION = 0.06;
const SLOWEST = 0.7;
const FASTEST = 1.6;
/** A page that did not run for longer does not make up for it, in seconds. */
const LONGEST_PAUSE_S = 0.25;

/** Says when frames are due. It reads no clock: whoever asks says what time it is. */
export class PlaybackClock {
  readonly #rate: number;
  readonly #delay: number;
  readonly #jump: number;
  #last: number | undefined;
  /** Frames that are due and were not asked for, less than one most of the time. */
  #credit = 0;

  constructor({ rate, delayFrames = DEFAULT_DELAY_FRAMES, jumpFrames = 2 * rate }: PlaybackClockOptions) {
    this.#rate = rate;
    this.#delay = delayFrames;
    this.#jump = Math.max(jumpFrames, delayFrames + 1);
  }

  /** Starts anew: after a pause, or at another place. */
  reset(): void {
    this.#last = undefined;
    this.#credit = 0;
  }

  /**
   * Frames to be played now of a timeline that goes on. The pace is a little above the usual one where more wait than should,
   * and below where fewer do.
   *
   * @param nowMs - any clock that only goes forward, in ms
   * @param waiting - how many frames there are that were not played
   */
  live(nowMs: number, waiting: number): number {
    if (waiting > this.#jump) {
      this.reset();
      this.#last = nowMs;
      return waiting - this.#delay;
    }
    const pace = 1 + (waiting - this.#delay) * CORRECTION;
    return this.#due(nowMs, waiting, Math.min(Math.max(pace, SLOWEST), FASTEST));
  }

  /**
   * Frames to be played now of what was recorded.
   *
   * @param speed - 1 as it was, 2 twice as fast
   */
  recorded(nowMs: number, waiting: number, speed = 1): number {
    return this.#due(nowMs, waiting, speed);
  }

  #due(nowMs: number, waiting: number, pace: number): number {
    const seconds = Math.min((nowMs - (this.#last ?? nowMs)) / 1_000, LONGEST_PAUSE_S);
    this.#last = nowMs;
    this.#credit += Math.max(seconds, 0) * this.#rate * pace;
    const due = Math.min(Math.floor(this.#credit), waiting);
    // Where nothing waits, time passes without being owed.
    this.#credit = due === waiting ? Math.min(this.#credit - due, 1) : this.#credit - due;
    return due;
  }
}
