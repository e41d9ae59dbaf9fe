/** Shows readers what has become durable, and tells those who wait for it. */
import type { Catalog } from "../catalog/catalog.ts";
import type { Stream } from "../catalog/stream.ts";
import { isOwnPath } from "../stream/paths.ts";
import type { DeleteRecord } from "../stream/records.ts";
import type { ChangeLogs } from "./change-logs.ts";
import { type LifeListener, lifeOf } from "./lives.ts";
import type { Pending } from "./pending.ts";
import type { StreamWatch } from "./watch.ts";

export class Publisher {
  /** Hears of streams that come and go. */
  lifeListener: LifeListener | undefined = undefined;
  /** Is asked before each append, and told once it can be read. */
  watch: StreamWatch | undefined = undefined;
  /** Keeps which streams changed, for those who ask. */
  readonly changes: ChangeLogs;
  readonly #catalog: Catalog;
  /** Streams with somebody at the tail that changed in the batch being published. */
  readonly #advanced = new Set<Stream>();

  constructor(catalog: Catalog, changes: ChangeLogs) {
    this.#catalog = catalog;
    this.changes = changes;
  }

  /** Shows it. Whoever waits at a tail is told later, once for all of a batch. */
  publish({ record, stream, otherStreams }: Pending): void {
    this.changes.note(stream.state.path);
    switch (record.kind) {
      case "create":
        stream.visibility = "live";
        stream.previous = undefined;
        if (!isOwnPath(stream.state.path)) this.lifeListener?.onCreated(lifeOf(stream));
        if (stream.isWatched) this.watch?.onDurable(stream);
        return;
      case "append":
        stream.visibleTail = record.position + record.data.byteLength;
        if (record.closes) stream.visibleClosed = true;
        this.noteAdvance(stream);
        if (stream.isWatched) this.watch?.onDurable(stream);
        return;
      case "delete":
        for (const gone of [stream, ...otherStreams]) this.#publishDeletion(gone, record);
        if (!isOwnPath(stream.state.path)) this.lifeListener?.onRemoved(stream.state.path);
    }
  }

  #publishDeletion(stream: Stream, record: DeleteRecord): void {
    if (record.removed.includes(stream.state.id)) {
      stream.visibility = "removed";
      this.#catalog.forget(stream);
    } else if (record.id === stream.state.id) {
      stream.visibility = "soft-deleted";
    }
    if (stream.visibility !== "live") this.noteAdvance(stream);
  }

  /** Those who wait at the tail of the stream have something to see. */
  noteAdvance(stream: Stream): void {
    if (stream.listeners.size > 0) this.#advanced.add(stream);
  }

  /** The batch is whole. */
  tellListeners(): void {
    for (const stream of this.#advanced) for (const listener of stream.listeners) listener.onChange();
    this.#advanced.clear();
  }
}
