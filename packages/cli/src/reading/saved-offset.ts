/** `--save-offset FILE`: where a run stopped, so that the next one goes on there. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { usageFailure } from "../failure.ts";

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
  const saved = parse(path);
  if (saved === undefined || saved.url === url) return saved;
  throw usageFailure(
    `${path} holds an offset of another stream, ${saved.url}; name another file, or delete it`,
  );
}

function parse(path: string): SavedOffset | undefined {
  let saved: Partial<SavedOffset>;
  try {
    saved = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw usageFailure(`${path} cannot be read as a saved offset: ${(error as Error).message}`);
  }
  const { url, offset, skip } = saved ?? {};
  if (typeof url === "string" && typeof offset === "string" && Number.isSafeInteger(skip))
    return saved as SavedOffset;
  throw usageFailure(`${path} is not a file of a saved offset; name another file`);
}

/** Replaces the file in one step, so that a crash leaves either the old one or the new one. */
export function saveOffset(path: string, saved: SavedOffset): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(saved)}\n`);
  renameSync(temporary, path);
}
