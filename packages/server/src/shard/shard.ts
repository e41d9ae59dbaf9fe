/**
 * One shard: the log, the catalogue of its streams and those who wait at their tails. It carries out decisions:
 * evolve the accepted state, hand the record to the log, and publish or undo it when the log has settled it.
 * It decides nothing itself. Nothing below the HTTP doors is global to the process; all of it hangs off here.
 */
import { Catalog, TRIM_LOOKS } from "../catalog/catalog.ts";
import { IdlePace } from "../catalog/idle-pace.ts";
import { Stream } from "../catalog/stream.ts";
import type { Log, LogFailure, LogListener, RecordTarget, Recovery } from "../journal/contract/index.ts";
import { decideDelete } from "../stream/decide-delete.ts";
import { evolve, initialState } from "../stream/evolve.ts";
import { needsRenewRecord } from "../stream/expiry.ts";
import {
  type AppendRecord,
  type CreateRecord,
  changedIds,
  type DeleteRecord,
  type RenewRecord,
  type StreamRecord,
} from "../stream/records.ts";
import type { Rejection } from "../stream/rejections.ts";
import { type Before, capture, restore } from "../stream/restore.ts";
import type { StreamState } from "../stream/state.ts";
import { ChangeLogs } from "./change-logs.ts";
import { ClockWatch } from "./clock-watch.ts";
import { type Found, GONE, NOT_FOUND, remainsOf } from "./found.ts";
import { MessageIndex } from "./message-index.ts";
import { Pending } from "./pending.ts";
import { Publisher } from "./publisher.ts";
import { refusalOf } from "./refusals.ts";
import { AHEAD_BYTES, FORK_DEPTH, IDLE_STREAM_MS, JSON_MESSAGE_BYTES, type ShardDeps } from "./shard-deps.ts";
import { Turns } from "./turns.ts";
import { noticeAppend } from "./watch.ts";

export class Shard implements LogListener, RecordTarget {
  readonly log: Log;
  readonly catalog: Catalog;
  readonly now: () => number;
  readonly clockWatch: ClockWatch;
  readonly random: () => number;
  readonly producersPerStream: number;
  readonly jsonMessageBytes: number;
  readonly aheadBytes: number;
  readonly forkDepth: number;
  /** Carries out what takes long. */
  readonly turns = new Turns();
  /** Knows where messages end within long appends. */
  readonly messages = new MessageIndex(this);
  readonly stateOffsets: boolean;
  readonly publisher: Publisher;
  readonly #monotonicNow: () => number;
  readonly #idlePace: IdlePace;
  #lastId = 0;
  #storeId = "";
  #trimming = false;

  constructor(deps: ShardDeps) {
    this.log = deps.log;
    this.now = deps.now;
    this.#monotonicNow = deps.monotonicNow ?? deps.now;
    this.clockWatch = new ClockWatch(deps.now, this.#monotonicNow, deps.onClockJump);
    this.random = deps.random;
    this.producersPerStream = deps.producersPerStream;
    this.forkDepth = deps.forkDepth ?? FORK_DEPTH;
    this.aheadBytes = deps.aheadBytes ?? AHEAD_BYTES;
    this.jsonMessageBytes = deps.jsonMessageBytes ?? JSON_MESSAGE_BYTES;
    this.stateOffsets = deps.stateOffsets ?? true;
    // Without an archive there is nowhere to bring a stream back from.
    const isKept = deps.log.archive === undefined;
    const loadedMax = isKept ? Number.POSITIVE_INFINITY : deps.loadedStreams;
    const idleMs = isKept ? Number.POSITIVE_INFINITY : (deps.idleStreamMs ?? IDLE_STREAM_MS);
    this.#idlePace = new IdlePace(idleMs, this.#monotonicNow());
    this.catalog = new Catalog(deps.log.archive, loadedMax, () => this.#trimSoon());
    this.publisher = new Publisher(this.catalog, new ChangeLogs(deps));
  }

  /** Brings back what the log holds. Called once, before anything else. */
  async open(): Promise<Recovery> {
    const recovery = await this.log.open(this, this);
    this.#lastId = Math.max(this.#lastId, recovery.lastId);
    this.#storeId = recovery.storeId;
    return recovery;
  }

  /** Names this life of a stream for ETags: unique over all lives, paths and restarts of this store. */
  instanceOf(stream: Stream): string {
    return `${this.#storeId}.${stream.state.id.toString(36)}`;
  }

  /** An id that no stream has had. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Why nothing that gives room back can be written now, if so. */
  removalRefusal(): Rejection | undefined {
    return this.log.takesRemovals() ? undefined : this.refusal();
  }

  /** Why nothing can be written now, if so. */
  refusal(): Rejection | undefined {
    return refusalOf(this.log.health());
  }

  /** The stream at a path that writers are judged against. A question only: it records nothing. */
  standing(path: string): Found {
    const stream = this.catalog.newest(path);
    if (stream === undefined) return NOT_FOUND;
    const isOver = stream.state.life !== "live" || this.clockWatch.isExpired(stream);
    return isOver ? remainsOf(stream) : { kind: "found", stream };
  }

  /** The first step of a command on a path: one that has expired ends here and now. */
  forWriting(path: string): Found {
    const found = this.standing(path);
    return found.kind !== "found" && this.#endIfExpired(this.catalog.newest(path))
      ? this.standing(path)
      : found;
  }

  /** The first step of a read: the stream that readers of a path see. One that has expired ends here and now. */
  forReading(path: string): Found {
    const stream = this.catalog.visible(path);
    if (stream === undefined) return NOT_FOUND;
    if (stream.visibility === "soft-deleted") return GONE;
    if (!this.clockWatch.isExpired(stream)) return { kind: "found", stream };
    this.#endIfExpired(stream);
    return remainsOf(stream);
  }

  #endIfExpired(stream: Stream | undefined): boolean {
    const isDue = stream?.state.life === "live" && this.clockWatch.isExpired(stream);
    if (isDue) this.expire(stream);
    return isDue;
  }

  /** A use that renews the TTL (protocol §15.4). */
  touch(stream: Stream): void {
    if (stream.state.ttlSeconds === undefined) return;
    const now = this.now();
    stream.lastUse = now;
    const writable = stream.state.life === "live" && this.log.health() === "ok";
    if (writable && needsRenewRecord(stream.state, now)) {
      this.commit({ kind: "renew", id: stream.state.id, at: now }, stream);
    }
  }

  /** Records the end of an expired stream. Left for later while nothing can be written. */
  expire(stream: Stream): void {
    if (this.log.takesRemovals()) this.delete(stream);
  }

  /** Accepts the deletion of a live stream with all that follows from it. */
  delete(stream: Stream): Pending {
    const record = decideDelete(stream.state, (id) => this.catalog.byId(id).state, this.now());
    const [, ...others] = changedIds(record);
    const pending = this.commit(
      record,
      stream,
      others.map((id) => this.catalog.byId(id)),
    );
    this.catalog.weigh(stream);
    this.publisher.watch?.afterDelete(stream.state);
    return pending;
  }

  /** Accepts a new stream. */
  create(record: CreateRecord): Pending {
    const stream = new Stream(initialState(record), "unborn");
    stream.isWatched = this.publisher.watch?.beforeCreate(stream.state) ?? false;
    this.catalog.admit(stream);
    return this.#accept(
      record,
      stream,
      undefined,
      changedIds(record).map((id) => this.catalog.byId(id)),
    );
  }

  /** Accepts a record about streams that exist. The log must be `ok`. */
  commit(
    record: AppendRecord | DeleteRecord | RenewRecord,
    stream: Stream,
    others?: readonly Stream[],
  ): Pending {
    if (record.kind === "append") noticeAppend(this.publisher.watch, stream, record);
    const before = capture(stream.state, record);
    evolve(stream.state, record);
    return this.#accept(record, stream, before, others);
  }

  #accept(
    record: StreamRecord,
    stream: Stream,
    before: Before | undefined,
    others?: readonly Stream[],
  ): Pending {
    const othersBefore = others?.map((other) => {
      const otherBefore = capture(other.state, record);
      evolve(other.state, record);
      return otherBefore;
    });
    const pending = new Pending(record, stream, before, others, othersBefore);
    stream.unsettled = pending;
    for (const other of pending.otherStreams) other.unsettled = pending;
    this.log.append(pending);
    return pending;
  }

  onDurable(batch: readonly Pending[]): void {
    for (const pending of batch) {
      this.publisher.publish(pending);
      this.#release(pending);
      pending.settle(undefined);
    }
    this.onApplied();
  }

  onApplied(): void {
    this.publisher.tellListeners();
  }

  #release(pending: Pending): void {
    if (pending.stream.unsettled === pending) pending.stream.unsettled = undefined;
    for (const other of pending.otherStreams) if (other.unsettled === pending) other.unsettled = undefined;
  }

  onFailed(batch: readonly Pending[], failure: LogFailure): void {
    for (const pending of [...batch].reverse()) {
      if (pending.before === undefined) this.#unbear(pending.stream);
      else {
        restore(pending.stream.state, pending.before);
        this.catalog.weigh(pending.stream);
      }
      this.publisher.watch?.onLost(pending);
      for (const [index, other] of pending.otherStreams.entries()) {
        restore(other.state, pending.othersBefore[index]!);
      }
      this.#release(pending);
    }
    for (const pending of batch) pending.settle(failure);
  }

  /** Takes back a creation; nobody has seen the stream. */
  #unbear(stream: Stream): void {
    stream.state.life = "removed";
    stream.visibility = "removed";
    this.catalog.forget(stream);
  }

  onArchived(): void {
    this.trim();
  }

  #trimSoon(): void {
    if (this.#trimming) return;
    this.#trimming = true;
    // Not now: the operation that loads a stream may hold on to others.
    setImmediate(() => {
      this.#trimming = false;
      this.trim();
    });
  }

  /** Drops some idle streams from memory: those whose turn it is, and more if there are too many. */
  trim(): void {
    const owed = this.#idlePace.take(this.#monotonicNow(), this.catalog.loaded);
    this.catalog.trim(owed, TRIM_LOOKS, (stream) => {
      // Memory alone knows the last uses of a TTL: they are recorded before the stream may go.
      if (stream.lastUse > stream.state.renewedAt) this.#recordUse(stream);
      else this.catalog.evict(stream);
    });
    if (this.#idlePace.isBehind) this.#trimSoon();
  }

  /** Records the last use of an idle stream. Left for later while it changes, or while nothing can be written. */
  #recordUse(stream: Stream): void {
    const isIdle = stream.unsettled === undefined && stream.state.life === "live";
    if (isIdle && this.log.health() === "ok")
      this.commit({ kind: "renew", id: stream.state.id, at: stream.lastUse }, stream);
  }

  apply(record: StreamRecord, applies: (id: number) => boolean): readonly StreamState[] {
    this.#lastId = Math.max(this.#lastId, record.id);
    const changed: StreamState[] = [];
    if (record.kind === "create" && applies(record.id))
      changed.push(this.catalog.adopt(initialState(record)).state);
    for (const id of changedIds(record)) {
      if (!applies(id)) continue;
      const stream = this.catalog.byId(id);
      evolve(stream.state, record);
      stream.becomeDurable();
      this.catalog.weigh(stream);
      this.publisher.noteAdvance(stream);
      if (stream.visibility === "removed") this.catalog.forget(stream);
      changed.push(stream.state);
    }
    return changed;
  }
}
