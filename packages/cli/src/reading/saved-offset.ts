/** `--save-offset FILE`: where a run stopped, so that the next one goes on there. */
import { usageFailure } from "../failure.ts";
import { readNote, replaceFile } from "../files/note.ts";

export interface SavedOffset {
  /** The stream's URL. */
  readonly url: string;
  /** The start of the page that was being read. */
  readonly offset: string;
  /** Units of that page that were consumed: messages of a JSON stream, bytes of any other. */
  readonly skip: number;
}

/** Reads the file; undefined if there is none. Throws a usage failure if it is no such file, or of another stream. */
export function loadOffset(path: string, url: string): SavedOffset | undefined {
  const saved = readNote<Partial<SavedOffset>>(path);
  if (saved === undefined) return undefined;
  if (typeof saved.offset !== "string" || !Number.isSafeInteger(saved.skip)) {
    throw usageFailure(`${path} is not a file of a saved offset; name another file`);
  }
  if (saved.url === url) return saved as SavedOffset;
  throw usageFailure(
    `${path} holds an offset of another stream, ${saved.url}; name another file, or delete it`,
  );
}

export function saveOffset(path: string, saved: SavedOffset): void {
  replaceFile(path, saved);
}
