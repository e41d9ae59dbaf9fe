/**
 * The port in front of the streams: all that HTTP, live readers, metrics and whatever else comes may ask of them. Nobody
 * reaches through it to a log or a catalogue, so what answers may be a shard in this process, as today, or another
 * process or node (docs/adr/forks-live-with-their-source.md).
 */
import type { OffsetRequest } from "@perennial/protocol";
import type { LogHealth, LogMetrics, Soon } from "../journal/contract/index.ts";
import type { AppendCommand, CreateCommand } from "../stream/commands.ts";
import type { Rejected } from "../stream/rejections.ts";
import type { AppendOutcome } from "./append.ts";
import type { ChangePlace, Changes } from "./change-log.ts";
import type { CreateOutcome } from "./create.ts";
import type { StreamDescription } from "./description.ts";
import type { ListPage, ListRequest } from "./list.ts";
import type { LifeListener, LivesPage, StreamLife } from "./lives.ts";
import type { ProducersPage, ProducersRequest } from "./producers.ts";
import type { Answer, Reading } from "./reading.ts";
import type { RemoveOutcome } from "./remove.ts";

/** A slice `[from, to)` of a stream that ended at `to` when it was taken. Only who gave it out can read it. */
export interface Slice {
  readonly kind: "snapshot";
  readonly from: number;
  readonly to: number;
  /** Whether the stream was closed, so that nothing will ever follow `to`. */
  readonly closed: boolean;
  /** Whether its messages are shown with their offsets (docs/extensions.md). */
  readonly withOffsets: boolean;
  /** Whether they were asked for as they are stored. */
  readonly asStored: boolean;
  readonly contentType: string;
  /** Whether its bytes are messages, each followed by a comma. */
  readonly json: boolean;
  /** Names the life of the stream that it is of: unique over all lives, paths and restarts. */
  readonly instance: string;
}

/** Somebody who waits at the tail of a stream. */
export interface TailListener {
  /**
   * What readers see of the stream has changed: bytes arrived, or it was closed, deleted or has expired. Called from
   * inside the log's own callback: marks itself as ready and does nothing else.
   */
  onChange(): void;
}

/**
 * A stream as those who stay at its tail know it. What it says is the newest that is durable and known here, and changes
 * by itself. There is one for all who follow the same life of a stream, and one for those among them who want its messages as
 * they are stored.
 */
export interface FollowedStream {
  readonly path: string;
  readonly contentType: string;
  readonly json: boolean;
  readonly tail: number;
  /** Whether nothing will ever follow `tail`. */
  readonly closed: boolean;
  /** Whether it is still there for readers: not deleted, not expired. */
  readonly isThere: boolean;
  /** While somebody listens, a TTL does not run out (protocol §15.4). */
  listen(listener: TailListener): void;
  unlisten(listener: TailListener): void;
  /** A use that renews the TTL. */
  touch(): void;
  /** As `pageEnd`, within `[from, to)`, but undefined when a JSON message longer than the limit begins at `from`. */
  shortEnd(from: number, to: number, limit: number): Answer<number | undefined>;
  /** Where text from `from` can end at or just before `end`: after a whole character and a whole line break. */
  wholeCharactersEnd(from: number, end: number): Answer<number>;
  /** Stored bytes `[from, to)`, which are few. */
  bytes(from: number, to: number): Answer<Uint8Array>;
  /** Whether its messages are shown with their offsets (docs/extensions.md). */
  namesOffsets(): Answer<boolean>;
}

/** A stream as it was when it was asked for. */
export interface Described {
  readonly kind: "described";
  readonly stream: StreamDescription;
}

/** Stored bytes, in order, in pieces of at most `READ_CHUNK_BYTES`. */
export interface ByteReader {
  /**
   * The next piece, owned by the caller; undefined after the last. A promise when it lies far away: then call again only
   * when it is there. Throws, or rejects, with `StreamRemoved` or `DamagedData`.
   *
   * @param memory where to put it: `READ_CHUNK_BYTES` of the caller's own; without it it gets its own
   */
  next(memory?: Uint8Array): Soon<Uint8Array | undefined>;
  /** As `next`, as a step of a longer reading. */
  step(): Reading<Uint8Array | undefined>;
}

/**
 * The streams of some paths. A command resolves once its outcome is durable; it rejects only where there is a bug. An
 * `Answer` that meets bytes which are gone or damaged throws `StreamRemoved` or `DamagedData`.
 */
export interface Streams {
  append(path: string, command: AppendCommand): Promise<AppendOutcome>;
  create(command: CreateCommand): Promise<CreateOutcome>;
  remove(path: string): Promise<RemoveOutcome>;
  /** What the stream is. Does not renew a TTL. */
  describe(path: string): Answer<Described | Rejected>;
  /** Takes the slice from the requested offset to the tail. Renews the TTL. */
  read(path: string, offset: OffsetRequest): Answer<Slice | Rejected>;
  /** Where a page of about `limit` bytes ends that begins with the slice. */
  pageEnd(slice: Slice, limit: number): Answer<number>;
  /** The bytes of the slice up to `to`, piece by piece. */
  bytes(slice: Slice, to: number): ByteReader;
  /** All bytes of the slice up to `to`, for slices that are short. */
  wholeBytes(slice: Slice, to: number): Answer<Uint8Array>;
  /** The stream that the slice is of, for whoever stays at its tail. */
  follow(slice: Slice): FollowedStream;
  producers(request: ProducersRequest): Promise<ProducersPage | Rejected>;
}

/** All streams of the server. What they answer may have to come from somewhere else. */
export interface AllStreams {
  /** Those among which a path is. Asked anew for each request: what owns a path may change. */
  for(path: string): Streams;
  /** One page of the streams that readers can see, in the order of their paths. */
  list(request: ListRequest): Promise<ListPage>;
  /**
   * Which streams changed after a place, and from here on that is kept. A hint of where to look: what they are now says
   * `describeAll`.
   *
   * @param prefix of the paths that are asked about: that of all streams, or one segment more
   * @param limit paths at most
   */
  changes(prefix: string, since: ChangePlace | undefined, limit: number): Soon<Changes>;
  /** Those of some streams that readers can see. */
  describeAll(paths: readonly string[]): Promise<readonly StreamDescription[]>;
  /** One page of all streams, in the order of their paths. It shows all that listeners were told before it was asked for. */
  lives(after: string, limit: number): Soon<LivesPage>;
  /** The stream at a path. Shows as much as `lives`. */
  lifeAt(path: string): Soon<StreamLife | undefined>;
  /**
   * Tells the one listener of streams that come and go, for as long as the process runs: of all that happens once this is
   * done, or that something was missed. Rejects if it could not be told whom to tell; then it may be asked again.
   */
  watch(listener: LifeListener): Soon<void>;
  /**
   * Whether a body of that length can be stored soon: undefined if so, or if it is short; otherwise resolves when it can. A
   * hint, which promises nothing; so it is given at once: who is far from the log answers from what it last heard of it.
   */
  roomFor(byteLength: number): Promise<void> | undefined;
  /** Whether what they are stored in takes writes. */
  health(): Soon<LogHealth>;
  metrics(): Soon<StreamMetrics>;
}

/** Figures for operators. */
export interface StreamMetrics {
  /** Streams held in memory. */
  readonly loadedStreams: number;
  readonly log: LogMetrics;
}
