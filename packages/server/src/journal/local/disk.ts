/**
 * All that the log asks of a disk: one flat directory of files. `NodeDisk` is the real one; tests run the same
 * log on a simulated disk that loses, tears and reorders what was not flushed, and fails on cue.
 *
 * Every method rejects with an `Error` whose `code` is the system's (`ENOSPC`, `EIO`, ...).
 */

export interface Disk {
  /** Names of all files, in no particular order. */
  list(): Promise<readonly string[]>;
  /**
   * Opens a file for reading and writing; creates it when it does not exist.
   *
   * @param flushing `true`: a write resolves when its bytes are durable (`O_DSYNC`). `false`: when the system has them.
   */
  open(name: string, flushing: boolean): Promise<DiskFile>;
  /** Opens a file that is only read, and flushed. Makes nothing: rejects with `ENOENT` when it does not exist. */
  openToRead(name: string): Promise<DiskFile>;
  /** Renames a file, replacing what had the new name. Durable after `flushDirectory`. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. Durable after `flushDirectory`. */
  remove(name: string): Promise<void>;
  /** Makes creations, renamings and removals durable. */
  flushDirectory(): Promise<void>;
}

export interface DiskFile {
  /** Length in bytes. */
  size(): Promise<number>;
  /** Fills `into` from `position` on; returns the count of bytes read, less than asked only at the file's end. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes the pieces one after another from `position` on. They must not change until it settles. */
  write(pieces: readonly Uint8Array[], position: number): Promise<void>;
  /** Makes all that was written durable. */
  flush(): Promise<void>;
  /** Whether the file is still found under the name with which it was opened: false once it was deleted or replaced. */
  isInPlace(): Promise<boolean>;
  close(): Promise<void>;
}
