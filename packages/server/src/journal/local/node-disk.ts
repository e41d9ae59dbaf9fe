/** The disk of a running server: one directory, by way of node:fs. */
import fs from "node:fs";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Disk, DiskFile } from "./disk.ts";

const { O_CREAT, O_DSYNC, O_RDONLY, O_RDWR } = fs.constants;

export class NodeDisk implements Disk {
  readonly #directory: string;

  /** @param directory must exist */
  constructor(directory: string) {
    this.#directory = directory;
  }

  list(): Promise<readonly string[]> {
    return readdir(this.#directory);
  }

  open(name: string, flushing: boolean): Promise<DiskFile> {
    return this.#open(name, O_RDWR | O_CREAT | (flushing ? O_DSYNC : 0));
  }

  openToRead(name: string): Promise<DiskFile> {
    return this.#open(name, O_RDONLY);
  }

  #open(name: string, flags: number): Promise<DiskFile> {
    return new Promise((resolve, reject) => {
      fs.open(join(this.#directory, name), flags, 0o600, (error, descriptor) => {
        if (error === null) resolve(new NodeFile(descriptor, join(this.#directory, name)));
        else reject(error);
      });
    });
  }

  rename(from: string, to: string): Promise<void> {
    return rename(join(this.#directory, from), join(this.#directory, to));
  }

  remove(name: string): Promise<void> {
    return rm(join(this.#directory, name));
  }

  async flushDirectory(): Promise<void> {
    const directory = await open(this.#directory, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

/** Whether the file of that inode is at the path. */
export async function isAt(path: string, inode: bigint): Promise<boolean> {
  try {
    return (await stat(path, { bigint: true })).ino === inode;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Callbacks instead of `FileHandle`, which costs several times as much per call. */
class NodeFile implements DiskFile {
  readonly #descriptor: number;
  readonly #path: string;
  /** Of the open file; known once somebody has asked. */
  #inode: bigint | undefined;

  constructor(descriptor: number, path: string) {
    this.#descriptor = descriptor;
    this.#path = path;
  }

  size(): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#descriptor, (error, stats) => (error === null ? resolve(stats.size) : reject(error)));
    });
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const count = await this.#readOnce(into.subarray(filled), position + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  #readOnce(into: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#descriptor, into, 0, into.length, position, (error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    });
  }

  async write(pieces: readonly Uint8Array[], position: number): Promise<void> {
    let rest = pieces;
    let at = position;
    for (;;) {
      const written = await this.#writeOnce(rest, at);
      at += written;
      rest = without(rest, written);
      if (rest.length === 0) return;
    }
  }

  #writeOnce(pieces: readonly Uint8Array[], position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, written: number) =>
        error === null ? resolve(written) : reject(error);
      if (pieces.length === 1) {
        const piece = pieces[0]!;
        fs.write(this.#descriptor, piece, 0, piece.length, position, done);
      } else {
        fs.writev(this.#descriptor, pieces, position, done);
      }
    });
  }

  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#descriptor, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  async isInPlace(): Promise<boolean> {
    this.#inode ??= await this.#inodeOfOwn();
    return isAt(this.#path, this.#inode);
  }

  #inodeOfOwn(): Promise<bigint> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#descriptor, { bigint: true }, (error, stats) =>
        error === null ? resolve(stats.ino) : reject(error),
      );
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.close(this.#descriptor, (error) => (error == null ? resolve() : reject(error)));
    });
  }
}

/** What is left of the pieces after their first `count` bytes. */
function without(pieces: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skipped = count;
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    if (skipped >= piece.length) skipped -= piece.length;
    else {
      rest.push(skipped === 0 ? piece : piece.subarray(skipped));
      skipped = 0;
    }
  }
  return rest;
}
