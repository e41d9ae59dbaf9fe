/** Acknowledged data is damaged or missing. The message names file and position and says what can be done. */
export class CorruptLog extends Error {
  override readonly name = "CorruptLog";
  /** Name of the file within the log's directory. */
  readonly file: string;
  /** Offset in the file. */
  readonly offset: number;

  constructor(file: string, offset: number, what: string) {
    super(
      `the log is damaged: ${what} (file ${file}, offset ${offset}). Nothing was changed. ` +
        "Look for disk errors, then restore the data directory from a backup (perennial restore). To go on with " +
        "what comes before the damage instead, copy the data directory and start once with --accept-loss.",
    );
    this.file = file;
    this.offset = offset;
  }
}
