/** The streams that a table is kept in, one after the other. */
import { OWN_ROOT } from "../../stream/paths.ts";
import { NO_BYTES, type StoredBytes } from "../../stream/records.ts";
import { JsonStream } from "../json-stream.ts";
import type { Pending } from "../pending.ts";
import type { Shard } from "../shard.ts";
import type { Streams } from "../streams.ts";
import type { Row } from "./row.ts";

/** One of the streams. */
export interface Segment {
  readonly id: number;
  readonly path: string;
}

/** A row as it was read, with its length in bytes, about. */
export interface StoredRow {
  readonly row: Row;
  readonly length: number;
}

const NAME_DIGITS = 12;
const PATHS_PAGE = 100;

export class Segments {
  readonly #shard: Shard;
  readonly #streams: Streams;
  readonly #prefix: string;
  readonly #segmentBytes: number;
  #all: Segment[] = [];
  /** Bytes of all but the newest. */
  #fullBytes = 0;
  /** Creations on their way. */
  readonly #created = new Map<Pending, Segment>();

  /** @param segmentBytes of a stream before the next one is begun */
  constructor(shard: Shard, streams: Streams, name: string, segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
    this.#shard = shard;
    this.#streams = streams;
    this.#prefix = `${OWN_ROOT}${name}/`;
  }

  /** What is there, the oldest first. */
  find(): readonly Segment[] {
    const { catalog } = this.#shard;
    for (let after: string | undefined = this.#prefix; after !== undefined; ) {
      const page = catalog.paths(this.#prefix, after, PATHS_PAGE);
      for (const path of page.paths) {
        const stream = catalog.visible(path);
        if (stream !== undefined) this.#hold({ id: stream.state.id, path });
      }
      after = page.next;
    }
    this.#count();
    return this.#all;
  }

  #count(): void {
    const full = this.#all.slice(0, -1);
    // One that is being removed may be gone already.
    this.#fullBytes = full.reduce((sum, { id }) => sum + (this.#shard.catalog.find(id)?.state.tail ?? 0), 0);
  }

  /** They are in use for as long as they are there. */
  #hold(segment: Segment): void {
    this.#shard.catalog.byId(segment.id).pins += 1;
    this.#all.push(segment);
  }

  /** The rows of one, in order. */
  async *pages({ path }: Segment): AsyncGenerator<readonly StoredRow[]> {
    for await (const { messages, byteLength } of new JsonStream(this.#streams, path).storedPages()) {
      // What each takes, on average: to measure them all would take as long as to read them.
      const length = Math.ceil(byteLength / messages.length);
      yield messages.map((row) => ({ row: row as Row, length }));
    }
  }

  /** The one that is written to. */
  get newest(): Segment {
    return this.#all.at(-1)!;
  }

  /** The oldest one, if it is not written to any more. */
  oldestFull(): Segment | undefined {
    return this.#all.length > 1 ? this.#all[0] : undefined;
  }

  get byteLength(): number {
    return this.#all.length === 0 ? 0 : this.#fullBytes + this.#shard.catalog.byId(this.newest.id).state.tail;
  }

  /** Accepts stored messages. */
  append(text: string): Pending {
    const { catalog, now } = this.#shard;
    if (this.#all.length === 0 || catalog.byId(this.newest.id).state.tail >= this.#segmentBytes)
      this.#begin();
    const stream = catalog.byId(this.newest.id);
    const { id, tail: position } = stream.state;
    return this.#shard.commit(
      {
        ...{ kind: "append", id, at: now(), position, data: bytesOf(text), closes: false },
        ...{ producer: undefined, streamSeq: undefined },
      },
      stream,
    );
  }

  #begin(): void {
    const number = this.#all.length === 0 ? 1 : Number(this.newest.path.slice(this.#prefix.length)) + 1;
    const path = this.#prefix + String(number).padStart(NAME_DIGITS, "0");
    const segment: Segment = { id: this.#shard.nextId(), path };
    const pending = this.#shard.create({
      ...{ kind: "create", id: segment.id, at: this.#shard.now(), path, contentType: "application/json" },
      ...{ ttlSeconds: undefined, expiresAt: undefined, maxBytes: undefined, fork: undefined },
      ...{ closed: false, data: NO_BYTES },
    });
    this.#hold(segment);
    this.#count();
    this.#created.set(pending, segment);
    void pending.settled.then(() => this.#created.delete(pending));
  }

  /** A record is lost; if it was a creation, there is no such stream. */
  undo(pending: Pending): void {
    const segment = this.#created.get(pending);
    if (segment !== undefined) this.#drop(segment);
  }

  #drop(segment: Segment): void {
    this.#all = this.#all.filter((other) => other !== segment);
    this.#count();
  }

  /** Deletes one whose rows do not count any more. Resolves to whether it is gone, once that is durable. */
  async remove(segment: Segment): Promise<boolean> {
    if (!this.#shard.log.takesRemovals()) return false;
    const stream = this.#shard.catalog.byId(segment.id);
    if ((await this.#shard.delete(stream).settled) !== undefined) return false;
    this.#drop(segment);
    return true;
  }
}

function bytesOf(text: string): StoredBytes {
  const bytes = Buffer.from(text);
  return { parts: [bytes], byteLength: bytes.length };
}
