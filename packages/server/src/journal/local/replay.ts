/** Hands the records of the log to the recovery target, and takes note of what is not archived. */
import type { StreamRecord } from "../../stream/records.ts";
import type { StreamState } from "../../stream/state.ts";
import type { RecordTarget } from "../contract/index.ts";
import type { ArchiveStore } from "./archive/archive-store.ts";
import type { ArchivedStreams } from "./archive/archived-streams.ts";
import { streamKey } from "./archive/keys.ts";
import { decodeRowHeader } from "./archive/rows.ts";
import { setPreviousDistance } from "./codec/frame.ts";
import { decodeRecord } from "./codec/record-codec.ts";
import type { CorruptLog } from "./corrupt-log.ts";
import type { Mark } from "./durable-mark.ts";
import type { FrameVisitor } from "./recovery.ts";
import type { RemovedStreams } from "./removed-streams.ts";
import type { Slab } from "./slabs.ts";
import type { Tails } from "./tails.ts";

export interface ReplayParts {
  readonly target: RecordTarget;
  readonly store: ArchiveStore;
  readonly tails: Tails;
  readonly archived: ArchivedStreams;
  readonly removed: RemovedStreams;
  /** Archives what was replayed, once that is secured, if it is much; resolves to whether it did. */
  readonly makeRoom: (term: number, lastId: number, secure: () => Promise<Mark>) => Promise<boolean>;
  /** Acknowledged data is lost; see `FrameVisitor`. */
  readonly onLoss: (error: CorruptLog) => void;
}

export class Replay implements FrameVisitor {
  readonly #parts: ReplayParts;
  /** By stream: the log position up to which the archive's state holds its records. */
  readonly #heldTo = new Map<number, number>();
  #position = 0;
  #lastId = 0;
  #newStreams = 0;
  readonly #applies = (id: number): boolean => this.#heldToOf(id) <= this.#position;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  /** The highest id among the records. */
  get lastId(): number {
    return this.#lastId;
  }

  /** How many more streams there are than rows in the archive. */
  get newStreams(): number {
    return this.#newStreams;
  }

  onFrame(slab: Slab, at: number, position: number, end: number): void {
    const record = decodeRecord(slab, at);
    this.#position = position;
    this.#lastId = Math.max(this.#lastId, record.id);
    for (const state of this.#parts.target.apply(record, this.#applies)) {
      const isData = record.kind === "create" || record.kind === "append";
      if (isData && state.id === record.id) this.#link(slab, at, position, record.id);
      this.#note(record, state, position, end);
    }
  }

  /**
   * What came before it may have been archived when the record was framed, and so not be in its chain; but the archive of a
   * backup is older than that, and needs it from the log.
   */
  #link(slab: Slab, at: number, position: number, id: number): void {
    setPreviousDistance(slab, at, this.#parts.tails.distanceToNewest(id, position));
  }

  async onPause(term: number, secure: () => Promise<Mark>): Promise<void> {
    if (!(await this.#parts.makeRoom(term, this.#lastId, secure))) return;
    this.#newStreams = 0;
    this.#heldTo.clear();
  }

  onLoss(error: CorruptLog): void {
    this.#parts.onLoss(error);
  }

  #heldToOf(id: number): number {
    let heldTo = this.#heldTo.get(id);
    if (heldTo === undefined) {
      const row = this.#parts.store.get(streamKey(id));
      heldTo = row === undefined ? (this.#parts.removed.heldTo(id) ?? 0) : decodeRowHeader(row).heldTo;
      this.#heldTo.set(id, heldTo);
    }
    return heldTo;
  }

  #note(record: StreamRecord, state: StreamState, position: number, end: number): void {
    const { tails, archived } = this.#parts;
    const own = state.id === record.id;
    if (own && record.kind === "create") this.#newStreams += 1;
    if (own && (record.kind === "create" || record.kind === "append"))
      tails.noteData(record, state, position, end);
    else tails.touch(state, end);
    if (state.life !== "removed") return;
    archived.hide(state.id);
    tails.get(state.id)!.gone = true;
    this.#newStreams -= 1;
  }
}
