/** The port on a shard of this process: each question is one function of the shard's. */
import type { OffsetRequest } from "@perennial/protocol";
import type { Stream } from "../catalog/stream.ts";
import type { LogHealth } from "../journal/contract/index.ts";
import type { AppendCommand, CreateCommand } from "../stream/commands.ts";
import type { Rejected } from "../stream/rejections.ts";
import { type AppendOutcome, append } from "./append.ts";
import { RangeReader, wholeSlice } from "./bytes.ts";
import type { ChangePlace, Changes } from "./change-log.ts";
import { type CreateOutcome, create } from "./create.ts";
import { describe, type StreamDescription } from "./description.ts";
import { LocalStream } from "./followed-stream.ts";
import { describeAll, type ListPage, type ListRequest, list } from "./list.ts";
import { type LifeListener, type LivesPage, lifeAt, livesPage, type StreamLife } from "./lives.ts";
import { type ProducersPage, type ProducersRequest, producers } from "./producers.ts";
import { snapshot, streamOf } from "./read.ts";
import type { Answer } from "./reading.ts";
import { type RemoveOutcome, remove } from "./remove.ts";
import type { Shard } from "./shard.ts";
import { sliceEnd } from "./slice.ts";
import type {
  AllStreams,
  ByteReader,
  Described,
  FollowedStream,
  Slice,
  StreamMetrics,
  Streams,
} from "./streams.ts";

/** With one shard, it has every path. */
export class LocalStreams implements AllStreams, Streams {
  readonly #shard: Shard;
  /** Whoever follows the same stream gets the same object: by it they know what they share. */
  readonly #followed = new WeakMap<Stream, LocalStream>();
  /** The same for those who want messages as they are stored. */
  readonly #followedAsStored = new WeakMap<Stream, LocalStream>();

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  for(_path: string): Streams {
    return this;
  }

  append(path: string, command: AppendCommand): Promise<AppendOutcome> {
    return append(this.#shard, path, command);
  }

  create(command: CreateCommand): Promise<CreateOutcome> {
    return create(this.#shard, command);
  }

  remove(path: string): Promise<RemoveOutcome> {
    return remove(this.#shard, path);
  }

  describe(path: string): Answer<Described | Rejected> {
    const found = this.#shard.forReading(path);
    return found.kind === "found"
      ? { kind: "described", stream: describe(found.stream, this.#shard.clockWatch) }
      : found;
  }

  read(path: string, offset: OffsetRequest): Answer<Slice | Rejected> {
    return snapshot(this.#shard, path, offset);
  }

  pageEnd(slice: Slice, limit: number): Answer<number> {
    return sliceEnd(this.#shard, streamOf(slice), slice.from, slice.to, limit);
  }

  bytes(slice: Slice, to: number): ByteReader {
    return new RangeReader(this.#shard, streamOf(slice), slice.from, to);
  }

  wholeBytes(slice: Slice, to: number): Answer<Uint8Array> {
    return wholeSlice(this.#shard, streamOf(slice), slice.from, to);
  }

  follow(slice: Slice): FollowedStream {
    const stream = streamOf(slice);
    const all = slice.asStored ? this.#followedAsStored : this.#followed;
    const known = all.get(stream);
    if (known !== undefined) return known;
    const followed = new LocalStream(this.#shard, stream, slice.asStored);
    all.set(stream, followed);
    return followed;
  }

  producers(request: ProducersRequest): Promise<ProducersPage | Rejected> {
    return producers(this.#shard, request);
  }

  list(request: ListRequest): Promise<ListPage> {
    return list(this.#shard, request);
  }

  changes(prefix: string, since: ChangePlace | undefined, limit: number): Changes {
    return this.#shard.publisher.changes.since(prefix, since, limit);
  }

  describeAll(paths: readonly string[]): Promise<readonly StreamDescription[]> {
    return describeAll(this.#shard, paths);
  }

  lives(after: string, limit: number): LivesPage {
    return livesPage(this.#shard.catalog, after, limit);
  }

  lifeAt(path: string): StreamLife | undefined {
    return lifeAt(this.#shard.catalog, path);
  }

  watch(listener: LifeListener): void {
    this.#shard.publisher.lifeListener = listener;
  }

  roomFor(byteLength: number): Promise<void> | undefined {
    if (byteLength <= this.#shard.aheadBytes) return undefined;
    return this.#shard.log.admit(byteLength)?.then((permit) => permit.release());
  }

  health(): LogHealth {
    return this.#shard.log.health();
  }

  metrics(): StreamMetrics {
    const { catalog, log } = this.#shard;
    return { loadedStreams: catalog.loaded, log: log.metrics() };
  }
}
