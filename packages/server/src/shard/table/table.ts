/**
 * Rows of the server's own, each a value under a key: a map that survives a crash, in the same log and in the same order as the
 * streams. It is kept in streams that no request can name, one JSON message for each row that was written; the last of a key counts.
 * When most of it is outdated, the oldest stream's rows that still count are written again, and it is deleted. So what it
 * takes on the disk follows what it holds, not how often that has changed.
 */
import type { LogFailure } from "../../journal/contract/index.ts";
import type { Pending } from "../pending.ts";
import { refusalOf } from "../refusals.ts";
import type { Shard } from "../shard.ts";
import type { Streams } from "../streams.ts";
import type { Row } from "./row.ts";
import { type Segment, Segments } from "./segments.ts";

/** What happened to a record that rows were written in. */
export type Settled = Promise<LogFailure | undefined>;

interface Entry {
  readonly value: unknown;
  readonly segment: Segment;
  /** Bytes as stored. */
  readonly length: number;
}

/** How a table lies on the disk. */
export interface TableSizes {
  /** Bytes of one of its streams before the next one is begun. */
  readonly segmentBytes: number;
  /** Bytes beyond twice what counts that may lie there: below it nothing is rewritten. */
  readonly slackBytes: number;
}

export const TABLE_SIZES: TableSizes = { segmentBytes: 2 * 1024 * 1024, slackBytes: 8 * 1024 * 1024 };
const NOTHING: Settled = Promise.resolve(undefined);
/** Rows rewritten in one record. */
const REWRITTEN_ROWS = 100;

export class Table {
  readonly #shard: Shard;
  readonly #segments: Segments;
  readonly #slackBytes: number;
  readonly #onRestored: (rows: readonly Row[]) => void;
  readonly #entries = new Map<string, Entry>();
  /** What was under the keys of records that are on their way. */
  readonly #before = new Map<Pending, readonly (readonly [key: string, entry: Entry | undefined])[]>();
  #liveBytes = 0;
  #last = NOTHING;
  #rewriting: Promise<void> | undefined;
  #isClosed = false;
  #isDamaged = false;

  /**
   * @param streams the shard's own, for reading
   * @param name of the table: a segment of a path
   * @param onRestored hears of rows that are again what they were, since a record was lost
   */
  constructor(
    shard: Shard,
    streams: Streams,
    name: string,
    onRestored: (rows: readonly Row[]) => void,
    { segmentBytes, slackBytes }: TableSizes = TABLE_SIZES,
  ) {
    this.#shard = shard;
    this.#segments = new Segments(shard, streams, name, segmentBytes);
    this.#slackBytes = slackBytes;
    this.#onRestored = onRestored;
  }

  /** Reads all of it. Called once, after the shard was opened and before anything is written. */
  async open(): Promise<void> {
    for (const segment of this.#segments.find())
      for await (const page of this.#segments.pages(segment))
        for (const { row, length } of page) this.#set(row, segment, length);
  }

  /** Lets no more rewriting begin; resolves when none is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#rewriting;
  }

  /** Every row, in no particular order. */
  *rows(): Generator<Row> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  get(key: string): unknown {
    return this.#entries.get(key)?.value;
  }

  /** Why no row can be written now, if so. */
  refusal(): ReturnType<typeof refusalOf> {
    return refusalOf(this.#shard.log.health());
  }

  /** Resolves once all that was written so far is durable, or lost. */
  get settled(): Settled {
    return this.#last;
  }

  /**
   * Accepts rows, all in one record: all of them become durable, or none. Values must not be changed afterwards.
   *
   * @throws AppendRefused while there is a `refusal`
   */
  write(rows: readonly Row[]): Settled {
    const lines = rows.map(
      ([key, value]) => `${JSON.stringify(value === undefined ? [key] : [key, value])},`,
    );
    const pending = this.#segments.append(lines.join(""));
    const { newest } = this.#segments;
    this.#before.set(
      pending,
      rows.map((row, index) => [row[0], this.#set(row, newest, Buffer.byteLength(lines[index]!))] as const),
    );
    this.#last = pending.settled;
    void pending.settled.then((failure) => this.#onSettled(pending, failure));
    this.#rewriteIfDue();
    return pending.settled;
  }

  /** What is lost was taken back: what there is now is durable. */
  #onSettled(pending: Pending, failure: LogFailure | undefined): void {
    this.#before.delete(pending);
    if (failure !== undefined && this.#last === pending.settled) this.#last = NOTHING;
  }

  #set([key, value]: Row, segment: Segment, length: number): Entry | undefined {
    const before = this.#entries.get(key);
    this.#liveBytes -= before?.length ?? 0;
    if (value === undefined) this.#entries.delete(key);
    else {
      this.#entries.set(key, { value, segment, length });
      this.#liveBytes += length;
    }
    return before;
  }

  /** The record is lost, and so are all that were written after it: those were undone before. */
  undo(pending: Pending): void {
    this.#segments.undo(pending);
    const before = this.#before.get(pending);
    if (before === undefined) return;
    const restored = [...before].reverse();
    for (const [key, entry] of restored) {
      this.#liveBytes += (entry?.length ?? 0) - (this.#entries.get(key)?.length ?? 0);
      if (entry === undefined) this.#entries.delete(key);
      else this.#entries.set(key, entry);
    }
    this.#onRestored(restored.map(([key, entry]) => [key, entry?.value]));
  }

  #rewriteIfDue(): void {
    if (this.#rewriting !== undefined || this.#isClosed || this.#isDamaged || !this.#isDue()) return;
    this.#rewriting = this.#rewrite()
      .catch(() => {
        // What is damaged stays where it is, and the log has told of it.
        this.#isDamaged = true;
      })
      .finally(() => {
        this.#rewriting = undefined;
      });
  }

  #isDue(): boolean {
    return this.#segments.byteLength > 2 * this.#liveBytes + this.#slackBytes;
  }

  async #rewrite(): Promise<void> {
    while (this.#isDue() && !this.#isClosed) {
      const oldest = this.#segments.oldestFull();
      if (oldest === undefined || !(await this.#moveRows(oldest))) return;
      if (!(await this.#segments.remove(oldest))) return;
    }
  }

  /** Writes again what still counts of a stream. False: not all of it, since nothing can be written now. */
  async #moveRows(segment: Segment): Promise<boolean> {
    for await (const page of this.#segments.pages(segment)) {
      const keys = new Set(page.map(({ row: [key] }) => key));
      const counting = (): string[] =>
        [...keys].filter((key) => this.#entries.get(key)?.segment === segment).slice(0, REWRITTEN_ROWS);
      for (let moved = counting(); moved.length > 0; moved = counting()) {
        if (this.refusal() !== undefined || this.#isClosed) return false;
        const failure = await this.write(moved.map((key) => [key, this.get(key)]));
        if (failure !== undefined) return false;
      }
    }
    return true;
  }
}
