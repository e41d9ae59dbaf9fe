/** What a log may throw, besides what is a bug of ours. */

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

/** The log takes no such record now. Whoever appends asks before, so this is a bug of theirs. */
export class AppendRefused extends Error {
  override readonly name = "AppendRefused";

  constructor(health: string) {
    super(`append to a log that is ${health}`);
  }
}

/** What a read gives, or undefined where what it needs is damaged: the log has told of it. */
export function unlessDamaged<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedData) return undefined;
    throw error;
  }
}
