import type { ArchiveStore, Change } from "./archive-store.ts";
import { STORE_KEY } from "./keys.ts";
import { decodeStoreRow, encodeStoreRow, type StoreRow } from "./rows.ts";

/** What the archive says of itself: one row, which is written in one transaction with what it tells of. */
export class ArchiveHead {
  readonly #store: ArchiveStore;
  #row: StoreRow;

  /**
   * @param newStoreId names an archive that is new
   * @param firstLogPosition its log position
   */
  constructor(store: ArchiveStore, newStoreId: () => string, firstLogPosition: number) {
    const stored = store.get(STORE_KEY);
    this.#store = store;
    this.#row =
      stored === undefined
        ? { logPosition: firstLogPosition, term: 0, streams: 0, lastId: 0, storeId: newStoreId() }
        : decodeStoreRow(stored);
  }

  /** As it was last written. */
  get row(): StoreRow {
    return this.#row;
  }

  /** One transaction: the changes, and what they change in the row. */
  async write(changes: readonly Change[], update: Partial<StoreRow>): Promise<void> {
    const row = { ...this.#row, ...update };
    await this.#store.write([...changes, { key: STORE_KEY, value: encodeStoreRow(row) }]);
    this.#row = row;
  }
}
