/** Playing: what a command does to the engine is recorded frame by frame, with hashes and snapshots beside it. */
import { type FrameLog, HashTrail, Recorder, Snapshots, type TimelinePlace } from "@perennial/timeline";
import { type Command, encodeFrame, HASH_EVERY, SNAPSHOT_EVERY } from "./commands.ts";
import { type Doom, FRAME_BYTES } from "./engine/doom.ts";
import { PLAYER_ID } from "./sessions.ts";

export interface RecordingOptions {
  readonly place: TimelinePlace;
  /** A session that there is, after whose last frame the engine stands. */
  readonly name: string;
  readonly doom: Doom;
  /** How long a snapshot is kept, in seconds. */
  readonly ttlSeconds: number | undefined;
  /** What is played is added here as well. */
  readonly frames?: FrameLog | undefined;
  /** The session can be played no more: somebody else does, it is full, or gone. */
  readonly onEnd: (error: Error) => void;
}

/** Ticks that are sent together. A few a second fewer appends, and each reader of a thousand has fewer events. */
const TICKS_A_BATCH = 2;

export class Recording {
  readonly #options: RecordingOptions;
  readonly #recorder: Recorder;
  readonly #snapshots: Snapshots;
  readonly #trail: HashTrail;
  #unsent = 0;

  constructor(options: RecordingOptions) {
    const { place, name, ttlSeconds, onEnd } = options;
    this.#options = options;
    this.#recorder = new Recorder({
      place,
      name,
      frameBytes: FRAME_BYTES,
      producerId: PLAYER_ID,
      onError: onEnd,
    });
    this.#snapshots = new Snapshots(place, name, { ttlSeconds });
    this.#trail = new HashTrail(place, name);
  }

  /** Ticks that are not known to be stored. */
  get waiting(): number {
    return this.#recorder.waiting;
  }

  /** Plays a tick. @returns false if too many wait to be stored: nothing was played */
  play(command: Command): boolean {
    const { doom, frames } = this.#options;
    const frame = encodeFrame(command, doom.randomIndex);
    if (!this.#recorder.push(frame)) return false;
    doom.step(frame);
    frames?.append(frame);
    if (++this.#unsent >= TICKS_A_BATCH) this.send();
    // A hash or a snapshot that cannot be stored is missed by nobody who does not look for it.
    if (doom.tick % HASH_EVERY === 0) this.#trail.record(doom.tick, doom.hash()).catch(() => {});
    if (doom.tick % SNAPSHOT_EVERY === 0) this.#snapshots.publish(doom.tick, doom.save()).catch(() => {});
    return true;
  }

  /** Sends what waits. To be called now and then where nobody plays: what could not be sent before is then. */
  send(): void {
    this.#recorder.send();
    this.#unsent = 0;
  }

  /** Waits until all that was played is stored, or cannot be. */
  flush(): Promise<void> {
    return this.#recorder.flush();
  }

  /** Ends it; the session may be played on later. */
  detach(): Promise<void> {
    return this.#recorder.detach();
  }
}
