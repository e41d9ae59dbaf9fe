/**
 * The ordered key-value store behind the archive. Reads may throw `DamagedData` where the store itself is damaged. LMDB implements it for servers, a sorted list on the
 * simulated disk for tests. Keys are compared byte by byte.
 */

/** One change of a transaction: an undefined value removes the key. */
export interface Change {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface ArchiveStore {
  /** The value of a key. Valid until the next call of any method: copy what has to last. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** The entry with the greatest key in `[from, to]`. Valid until the next call of any method. */
  last(from: Uint8Array, to: Uint8Array): Entry | undefined;
  /** Entries with keys in `[from, to)`, ascending, at most `limit`. The caller owns them. */
  entries(from: Uint8Array, to: Uint8Array, limit: number): Entry[];
  /** Keys in `[from, to)`, ascending, at most `limit`. The caller owns them. */
  keys(from: Uint8Array, to: Uint8Array, limit: number): Uint8Array[];
  /**
   * Carries out all changes or none; durable and visible to reads once it resolves. Keys and values must not
   * change until then. One call at a time.
   */
  write(changes: readonly Change[]): Promise<void>;
  /** About how many bytes can be written before the disk is full: what is free in the store's file and on its disk. */
  room(): number;
  /** What is free on the disk, bytes. */
  spaceOnDisk(): number;
  /** Whether the store's file is still the one of its name: false once it was deleted or replaced. */
  isInPlace(): Promise<boolean>;
  close(): Promise<void>;
}
