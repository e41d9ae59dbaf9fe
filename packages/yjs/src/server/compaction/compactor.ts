/**
 * Compaction: the updates of a document are folded into a snapshot, from which readers begin. Updates stay where they are.
 *
 *     claim the document         so that of several processes one does it
 *     read                       the snapshot before, and the updates since
 *     write the snapshot         a stream of its own, named by where it goes up to
 *     publish                    an entry of the index: from here on the snapshot counts
 *     clean                      the snapshots before it
 *
 * A crash at any step leaves the document as it was, or with the new snapshot; what else it leaves is cleaned by the next.
 */

import { HEADER } from "../../core/headers.ts";
import { appendToIndex, readSnapshots } from "../index-stream.ts";
import type { YjsLogger } from "../logger.ts";
import { claimStream, type DocumentId, YjsStreamPaths } from "../paths.ts";
import type { DocumentStates, YjsDocumentState } from "../states.ts";
import { discard, type Upstream } from "../upstream.ts";
import { distance } from "./distance.ts";
import type { Fold, FoldThread } from "./fold-thread.ts";

/** What a compaction made. */
export interface CompactionResult {
  readonly snapshotOffset: string;
  readonly snapshotSizeBytes: number;
  readonly oldSnapshotOffset: string | null;
}

export interface CompactorOptions {
  readonly upstream: Upstream;
  readonly states: DocumentStates;
  readonly thread: FoldThread;
  readonly logger: YjsLogger;
  /** Bytes of updates from which a document is compacted. */
  readonly thresholdBytes: number;
}

/** A document is compacted once its updates are this share of its snapshot, however large: so work stays in proportion. */
const SHARE_OF_SNAPSHOT = 0.25;
/** How long a claim holds, should its owner die, ms. */
const CLAIM_MS = 600_000;
/** Snapshots before the newest that are removed: more than one only after a crash. */
const CLEANED_MAX = 5;
/** A snapshot is written in pieces of so many bytes. */
const PIECE_BYTES = 4 * 1024 * 1024;
const BINARY = { [HEADER.contentType]: "application/octet-stream" };

export class Compactor {
  readonly #options: CompactorOptions;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: CompactorOptions) {
    this.#options = options;
  }

  /** Counts what was appended, and compacts if it is time. Returns at once. */
  afterAppend(id: DocumentId, bytes: number, tail: string | null): void {
    const { states, thresholdBytes } = this.#options;
    const size = distance(states.get(id)?.snapshotOffset ?? null, tail);
    // All there is to know of a small document is its size, which its tail says: thousands of them need no memory.
    if (size !== undefined && size < thresholdBytes && states.get(id) === undefined) return;
    const state = states.use(id);
    state.updatesSizeBytes = size ?? state.updatesSizeBytes + bytes;
    if (this.isDue(state)) this.#run(this.#ifStillDue(id, state, tail));
  }

  isDue({ compacting, updatesSizeBytes, snapshotBytes, retryAtBytes }: YjsDocumentState): boolean {
    const { thresholdBytes } = this.#options;
    const due = Math.max(thresholdBytes, snapshotBytes * SHARE_OF_SNAPSHOT, retryAtBytes);
    return !compacting && updatesSizeBytes >= due;
  }

  /** Compacts a document unless that is being done. Resolves when it is done, or has failed, which is logged. */
  async triggerCompaction(service: string, docPath: string): Promise<void> {
    const { states, logger, thresholdBytes } = this.#options;
    const id = { service, docPath };
    const state = states.use(id);
    if (state.compacting) return;
    state.compacting = true;
    try {
      const result = await this.performCompaction(service, docPath);
      if (result !== undefined) logger.info({ ...id, ...result }, "compacted a document");
      else state.retryAtBytes = state.updatesSizeBytes + thresholdBytes;
    } catch (error) {
      // Whatever it is, the same again at once would fail again.
      state.retryAtBytes = state.updatesSizeBytes * 2;
      logger.warn({ ...id, err: error }, "a document could not be compacted; it is usable all the same");
    } finally {
      state.compacting = false;
    }
  }

  /** Compacts a document. Undefined when another process does, or nothing is new. */
  async performCompaction(service: string, docPath: string): Promise<CompactionResult | undefined> {
    const id = { service, docPath };
    const { upstream, thread } = this.#options;
    const claim = claimStream(id);
    const headers = { ...BINARY, [HEADER.streamExpiresAt]: new Date(Date.now() + CLAIM_MS).toISOString() };
    const { status } = await discard(await upstream.send("PUT", claim, { headers }));
    if (status !== 201) return undefined;
    try {
      const earlier = await readSnapshots(upstream, id);
      return await thread.fold((fold) =>
        this.#compact(
          id,
          earlier.map((entry) => entry.snapshotOffset),
          fold,
        ),
      );
    } finally {
      await discard(await upstream.send("DELETE", claim));
    }
  }

  /** Resolves when all that is under way is done. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #run(compaction: Promise<void>): void {
    const running = compaction.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** What is remembered may be old, or nothing: another process, or one before us, may have made a snapshot. */
  async #ifStillDue(id: DocumentId, state: YjsDocumentState, tail: string | null): Promise<void> {
    const { upstream, logger } = this.#options;
    try {
      const newest = (await readSnapshots(upstream, id)).at(-1);
      state.snapshotOffset = newest?.snapshotOffset ?? null;
      state.snapshotBytes = typeof newest?.bytes === "number" ? newest.bytes : 0;
      state.updatesSizeBytes = distance(state.snapshotOffset, tail) ?? state.updatesSizeBytes;
    } catch (error) {
      logger.warn({ ...id, err: error }, "a document's snapshots could not be looked up");
      return;
    }
    if (this.isDue(state)) await this.triggerCompaction(id.service, id.docPath);
  }

  async #compact(
    id: DocumentId,
    earlier: readonly string[],
    fold: Fold,
  ): Promise<CompactionResult | undefined> {
    const { upstream, states, logger } = this.#options;
    const { service, docPath } = id;
    const state = states.use(id);
    const countedBefore = state.updatesSizeBytes;
    const old = await this.#takeSnapshot(id, earlier.at(-1), fold);
    const position = await this.#takeUpdates(id, old ?? "-1", fold);
    if (position === old) return undefined;
    const { snapshot, damaged, isWhole } = await fold.finish();
    if (!isWhole) throw new Error("the document's updates end inside a frame");
    if (damaged > 0)
      logger.warn({ ...id, damaged }, "updates that cannot be read were left out of a snapshot");
    await this.#write(id, position, snapshot);
    const entry = { snapshotOffset: position, createdAt: Date.now(), bytes: snapshot.length };
    await appendToIndex(upstream, YjsStreamPaths.indexStream(service, docPath), entry);
    Object.assign(state, { snapshotOffset: position, snapshotBytes: snapshot.length, retryAtBytes: 0 });
    state.updatesSizeBytes -= countedBefore;
    for (const offset of earlier.slice(-CLEANED_MAX)) {
      const key = YjsStreamPaths.snapshotKey(offset);
      if (offset !== position)
        await discard(await upstream.send("DELETE", YjsStreamPaths.snapshotStream(service, docPath, key)));
    }
    await this.#removeIfDeleted(id, position);
    return { snapshotOffset: position, snapshotSizeBytes: snapshot.length, oldSnapshotOffset: old ?? null };
  }

  /** @returns the offset of the snapshot, if it is there */
  async #takeSnapshot(
    { service, docPath }: DocumentId,
    offset: string | undefined,
    fold: Fold,
  ): Promise<string | undefined> {
    if (offset === undefined) return undefined;
    const path = YjsStreamPaths.snapshotStream(service, docPath, YjsStreamPaths.snapshotKey(offset));
    const end = await this.#readAll(path, "-1", (bytes) => fold.take("snapshot", bytes));
    return end === undefined ? undefined : offset;
  }

  /** @returns the offset after the last update */
  async #takeUpdates({ service, docPath }: DocumentId, from: string, fold: Fold): Promise<string> {
    const path = YjsStreamPaths.dsStream(service, docPath);
    const end = await this.#readAll(path, from, (bytes) => fold.take("updates", bytes));
    if (end === undefined) throw new Error("the document was deleted");
    return end;
  }

  /** Reads a stream up to its tail. Undefined when it is not there. */
  async #readAll(
    path: string,
    from: string,
    take: (bytes: Uint8Array) => Promise<void>,
  ): Promise<string | undefined> {
    for (let offset = from; ; ) {
      const response = await this.#options.upstream.send(
        "GET",
        `${path}?offset=${encodeURIComponent(offset)}`,
      );
      if (response.status === 404 || response.status === 410) {
        await discard(response);
        return undefined;
      }
      if (!response.ok) throw new Error(`${path} cannot be read: ${(await discard(response)).status}`);
      for await (const bytes of response.body ?? []) await take(bytes as Uint8Array);
      offset = response.headers.get(HEADER.streamNextOffset) ?? offset;
      if (response.headers.get(HEADER.streamUpToDate) === "true") return offset;
    }
  }

  /** Writes a snapshot as a stream of its own. One of the same name that is there was not finished: it is in no index. */
  async #write(
    { service, docPath }: DocumentId,
    position: string,
    snapshot: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    const { upstream } = this.#options;
    const path = YjsStreamPaths.snapshotStream(service, docPath, YjsStreamPaths.snapshotKey(position));
    await discard(await upstream.send("DELETE", path));
    await demand(upstream.send("PUT", path, { headers: BINARY }), path);
    for (let at = 0; at < snapshot.length; at += PIECE_BYTES)
      await demand(
        upstream.send("POST", path, { headers: BINARY, body: snapshot.subarray(at, at + PIECE_BYTES) }),
        path,
      );
  }

  /** A document that was deleted meanwhile shall not leave its content behind, nor its successor find it. */
  async #removeIfDeleted({ service, docPath }: DocumentId, position: string): Promise<void> {
    const { upstream } = this.#options;
    const { status } = await discard(await upstream.send("HEAD", YjsStreamPaths.dsStream(service, docPath)));
    if (status !== 404 && status !== 410) return;
    await discard(await upstream.send("DELETE", YjsStreamPaths.indexStream(service, docPath)));
    const key = YjsStreamPaths.snapshotKey(position);
    await discard(await upstream.send("DELETE", YjsStreamPaths.snapshotStream(service, docPath, key)));
  }
}

async function demand(sent: Promise<Response>, path: string): Promise<void> {
  const response = await discard(await sent);
  if (!response.ok) throw new Error(`${path} cannot be written: ${response.status}`);
}
