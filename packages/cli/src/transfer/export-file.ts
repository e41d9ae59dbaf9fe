/**
 * A file that a stream is exported to, with a note beside it of how far that is, so that an export that was cut off
 * goes on. Data reaches the disk before the note does, and what the note does not cover is cut off again.
 */
import { type FileHandle, open, rm } from "node:fs/promises";
import { failure } from "../failure.ts";
import { readNote, replaceFile } from "../files/note.ts";

/** Where an export is. */
export interface ExportPosition {
  /** The start of the page that is being read. */
  readonly offset: string;
  /** Units of that page in the file. */
  readonly skip: number;
}

interface Note extends ExportPosition {
  /** The stream's URL. */
  readonly url: string;
  /** Bytes of the file that the note covers. */
  readonly bytes: number;
}

/** So many bytes are written between two notes: what a crash makes us fetch again. */
const NOTE_EVERY_BYTES = 4 * 1024 * 1024;
const BEGINNING: ExportPosition = { offset: "-1", skip: 0 };

export class ExportFile {
  readonly #path: string;
  readonly #url: string;
  readonly #file: FileHandle;
  #bytes: number;
  #notedBytes: number;
  /** Where the file was found to end. */
  readonly start: ExportPosition;

  private constructor(path: string, url: string, file: FileHandle, note: Note | undefined) {
    this.#path = path;
    this.#url = url;
    this.#file = file;
    this.#bytes = note?.bytes ?? 0;
    this.#notedBytes = this.#bytes;
    this.start = note ?? BEGINNING;
  }

  /** Creates the file, or opens one that an export of this stream left. Throws a failure if it is any other. */
  static async open(path: string, url: string): Promise<ExportFile> {
    const note = readNote<Note>(notePath(path));
    if (note !== undefined && note.url !== url) {
      throw failure(
        `${path} is being exported from ${note.url}; name another file, or delete ${notePath(path)}`,
      );
    }
    const file = await openFile(path, note === undefined ? "ax" : "a");
    const exported = new ExportFile(path, url, file, note);
    if (note === undefined) await exported.note(BEGINNING);
    else await file.truncate(note.bytes);
    return exported;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(data: Uint8Array): Promise<void> {
    await this.#file.appendFile(data);
    this.#bytes += data.length;
  }

  /** Whether enough was written since the last note for another one. */
  get wantsNote(): boolean {
    return this.#bytes - this.#notedBytes >= NOTE_EVERY_BYTES;
  }

  /** Notes that the file holds the stream up to `position`. */
  async note(position: ExportPosition): Promise<void> {
    await this.#file.datasync();
    const note: Note = { url: this.#url, offset: position.offset, skip: position.skip, bytes: this.#bytes };
    replaceFile(notePath(this.#path), note);
    this.#notedBytes = this.#bytes;
  }

  /** The export is complete. */
  async finish(): Promise<void> {
    await this.#file.datasync();
    await this.#file.close();
    await rm(notePath(this.#path));
  }
}

function notePath(path: string): string {
  return `${path}.perennial-export`;
}

async function openFile(path: string, flags: string): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw failure(`${path} exists; delete it or name another file`);
    throw failure(`${path} cannot be written: ${message}`);
  }
}
