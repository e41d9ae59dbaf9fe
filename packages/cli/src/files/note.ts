/** Small JSON files that a run leaves for the next one. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { usageFailure } from "../failure.ts";

/** Reads a note; undefined if there is none. Throws a usage failure if it is not JSON. */
export function readNote<T extends object>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw usageFailure(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Replaces the file in one step, so that a crash leaves either the old one or the new one. */
export function replaceFile(path: string, note: object): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(note)}\n`);
  renameSync(temporary, path);
}
