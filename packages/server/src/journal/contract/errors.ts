/** What a read of stored bytes may throw, besides what is a bug of ours. */

/** The stream was removed, perhaps while it was being read. Nothing is wrong: its reader was overtaken. */
export class StreamRemoved extends Error {
  override readonly name = "StreamRemoved";

  constructor(id: number) {
    super(`stream ${id} does not exist any more`);
  }
}

/** Stored bytes are not what was written. The message says which and where. */
export class DamagedData extends Error {
  override readonly name = "DamagedData";
}
