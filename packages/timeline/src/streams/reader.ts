import { stream } from "@perennial/client";
import type { TimelineFormat } from "../frames/format.ts";
import { FrameDecoder } from "../frames/frame-decoder.ts";
import type { FrameLog } from "../frames/frame-log.ts";
import { type TimelinePlace, timelineUrl } from "./place.ts";

/** What is being read is no timeline, or longer than it may be. */
export class NotATimelineError extends Error {
  override readonly name = "NotATimelineError";
}

export interface ReaderOptions {
  readonly place: TimelinePlace;
  readonly name: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whether it goes on at the tail. Default true. */
  readonly live?: boolean | undefined;
  /** The most bytes of frames that are taken. Default 64 MiB: of nine bytes, 35 a second, that is two days. */
  readonly maxBytes?: number | undefined;
  /** Told whenever frames arrived, or it was found that there are no more for now, or ever. */
  readonly onChange?: (() => void) | undefined;
}

const NO_FIRST_LINE = "no timeline: it ends before its first line does";
const MAX_BYTES = 64 * 1_024 * 1_024;

/** All frames of a timeline, from the first one on, and those to come. */
export class TimelineReader {
  readonly format: TimelineFormat;
  readonly frames: FrameLog;
  /** How many bytes of the stream come before the first frame. */
  readonly headerBytes: number;
  /** Settles when it is over: rejects with NotATimelineError, or what ended the reading. */
  readonly ended: Promise<void>;
  #isUpToDate = false;
  #isClosed = false;

  private constructor(format: TimelineFormat, frames: FrameLog, headerBytes: number, ended: Promise<void>) {
    this.format = format;
    this.frames = frames;
    this.headerBytes = headerBytes;
    this.ended = ended;
  }

  /** Whether it has been at the tail: what comes now is new. */
  get isUpToDate(): boolean {
    return this.#isUpToDate;
  }

  /** Whether the timeline has an end, and that was read. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Opens a timeline. Resolves when its beginning and all that there is were read.
   *
   * @throws NotATimelineError; FetchError, say for one that is not there; what `fetch` throws; RangeError for a name that is none
   */
  static async open(options: ReaderOptions): Promise<TimelineReader> {
    const { place, name, signal, live = true, maxBytes = MAX_BYTES } = options;
    const { headers, fetch } = place;
    const decoder = new FrameDecoder(maxBytes);
    const response = await stream({
      ...{ url: timelineUrl(place, name), headers, fetch, signal, warnOnHttp: false },
      live: live && "sse",
    });
    return new Promise((resolve, reject) => {
      let reader: TimelineReader | undefined;
      response.subscribeBytes((chunk) => {
        const taken = decoder.take(chunk.data);
        if (taken.kind === "rejected") throw new NotATimelineError(taken.rejection);
        const { format, frames } = decoder;
        // It is made together with its first line: what lacks that at the tail is no timeline that is about to begin.
        if (format === undefined && chunk.upToDate) throw new NotATimelineError(NO_FIRST_LINE);
        if (format !== undefined && frames !== undefined && (reader !== undefined || chunk.upToDate)) {
          reader ??= new TimelineReader(format, frames, decoder.headerBytes, response.closed);
          reader.#isUpToDate ||= chunk.upToDate;
          reader.#isClosed ||= chunk.streamClosed;
          resolve(reader);
          options.onChange?.();
        }
      });
      response.closed.then(
        () => reject(new NotATimelineError(NO_FIRST_LINE)),
        (error: unknown) => reject(error),
      );
    });
  }
}
