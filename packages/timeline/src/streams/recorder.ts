import { DurableStream, IdempotentProducer } from "@perennial/client";
import { encodeHeader, type TimelineFormat } from "../frames/format.ts";
import { FrameRing } from "../frames/frame-ring.ts";
import { FRAMES_TYPE, handleAt, SIDE_TYPE, type TimelinePlace, timelineUrl } from "./place.ts";

/** Limits of what a timeline may come to. They are kept by Perennial's server, for every writer. */
export interface TimelineLimits {
  /** The most bytes that its frames, its snapshots' entries and its hashes may each have. Default: no limit. */
  readonly maxBytes?: number | undefined;
  /** How long it is kept after its last use, in seconds. Default: for ever. */
  readonly ttlSeconds?: number | undefined;
}

/** Makes a timeline without frames, and the streams beside it. What is there already stays. @throws FetchError, or the error of `fetch` */
export async function createTimeline(
  place: TimelinePlace,
  name: string,
  format: TimelineFormat,
  { maxBytes, ttlSeconds }: TimelineLimits = {},
): Promise<void> {
  const { headers, fetch } = place;
  const shared = { headers, fetch, maxBytes, ttlSeconds, warnOnHttp: false };
  // The frames come last: whoever sees them finds the rest.
  for (const side of ["snapshots", "hashes"] as const)
    await DurableStream.create({ ...shared, url: timelineUrl(place, name, side), contentType: SIDE_TYPE });
  await DurableStream.create({
    ...{ ...shared, url: timelineUrl(place, name), contentType: FRAMES_TYPE },
    body: encodeHeader(format),
  });
}

export interface RecorderOptions {
  readonly place: TimelinePlace;
  /** The name of a timeline that there is. */
  readonly name: string;
  readonly frameBytes: number;
  /** Who writes: the same id for everybody who writes this timeline, one after the other. */
  readonly producerId: string;
  /** Whoever has a greater one takes the place of those before, and `onError` tells them. Default: the time, in ms. */
  readonly epoch?: number | undefined;
  /** The most frames that wait for a server that cannot be reached. Default 21,000, ten minutes of 35 a second. */
  readonly maxWaiting?: number | undefined;
  /** What ended the recording: the timeline was closed, somebody else writes it, the server refuses. */
  readonly onError?: ((error: Error) => void) | undefined;
}

const MAX_WAITING = 21_000;
/** Batches on their way at once. What comes meanwhile waits, and goes as one. */
const MAX_IN_FLIGHT = 4;
/** Somebody plays on while a server is away: batches are repeated for a day. */
const BACKOFF = { maxDelay: 1_000, deadline: 24 * 60 * 60_000, attemptTimeout: 10_000 };

/** Writes a timeline: takes frames at once, and stores each once and in order, however the network is. */
export class Recorder {
  readonly #ring: FrameRing;
  readonly #producer: IdempotentProducer;
  /** Frames of the batches that were sent, those behind the stored ones last. */
  readonly #batches: number[] = [];
  #hasFailed = false;

  constructor(options: RecorderOptions) {
    const {
      place,
      name,
      frameBytes,
      producerId,
      maxWaiting = MAX_WAITING,
      epoch = Date.now(),
      onError,
    } = options;
    this.#ring = new FrameRing(frameBytes, maxWaiting);
    this.#producer = new IdempotentProducer(
      handleAt(place, timelineUrl(place, name), FRAMES_TYPE),
      producerId,
      {
        // Each batch is sent when it is given.
        ...{ epoch, maxBatchBytes: 1, maxInFlight: MAX_IN_FLIGHT, backoffOptions: BACKOFF },
        onError: (error) => {
          if (!this.#hasFailed) onError?.(error);
          this.#hasFailed = true;
        },
      },
    );
  }

  /** How many frames are not known to be stored. */
  get waiting(): number {
    this.#forgetStored();
    return this.#batches.reduce((sum, frames) => sum + frames, this.#ring.length);
  }

  /** Batches on their way. */
  get inFlight(): number {
    return this.#producer.inFlightCount;
  }

  /** Takes a frame. @returns false if it cannot: too many wait, or the recording is over */
  push(frame: Uint8Array): boolean {
    return !this.#hasFailed && this.#ring.push(frame);
  }

  /** Sends what was taken as one append, unless enough is on its way. To be called at a steady pace, such as each time one draws. */
  send(): void {
    if (this.#hasFailed || this.#ring.length === 0 || this.#producer.inFlightCount >= MAX_IN_FLIGHT) return;
    this.#forgetStored();
    this.#batches.push(this.#ring.length);
    this.#producer.append(this.#ring.take());
  }

  /** Batches are stored in their order: as many as are on their way are the last ones. */
  #forgetStored(): void {
    this.#batches.splice(0, this.#batches.length - this.#producer.inFlightCount);
  }

  /** Waits until all that was taken is stored, or the recording has failed. */
  async flush(): Promise<void> {
    while (this.#ring.length > 0 && !this.#hasFailed) {
      this.send();
      await this.#producer.flush({ rejectOnError: false });
    }
    await this.#producer.flush({ rejectOnError: false });
  }

  /** Ends it, and leaves the timeline open: somebody may go on. */
  async detach(): Promise<void> {
    await this.flush();
    await this.#producer.detach();
  }

  /** Ends it and the timeline. @throws as `IdempotentProducer.close` */
  async close(): Promise<void> {
    await this.flush();
    await this.#producer.close();
  }
}
