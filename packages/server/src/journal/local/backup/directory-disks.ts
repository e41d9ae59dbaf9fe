/** The files of a data directory, or of a backup, by their names in a manifest: some at its top, the log's under `log/`. */
import { join } from "node:path";
import type { Disk, DiskFile } from "../disk.ts";
import { NodeDisk } from "../node-disk.ts";

const LOG_PREFIX = "log/";
const PIECE_BYTES = 256 * 1024;

/** A directory and the one of its log, which may be missing as long as nothing of it is asked for. */
export interface DirectoryDisks {
  readonly top: Disk;
  readonly log: Disk;
}

export function directoryDisks(directory: string): DirectoryDisks {
  return { top: new NodeDisk(directory), log: new NodeDisk(join(directory, "log")) };
}

/** Names of all files, and of whatever else lies at the top. */
export async function namesOf({ top, log }: DirectoryDisks): Promise<string[]> {
  const names = await log.list();
  return [...(await top.list()), ...names.map((name) => `${LOG_PREFIX}${name}`)];
}

/** Opens a file that must exist. */
export function openToRead(disks: DirectoryDisks, name: string): Promise<DiskFile> {
  const { disk, own } = placeOf(disks, name);
  return disk.openToRead(own);
}

/** Makes a file that does not exist yet, or opens it. */
export function openToWrite(disks: DirectoryDisks, name: string): Promise<DiskFile> {
  const { disk, own } = placeOf(disks, name);
  return disk.open(own, false);
}

function placeOf({ top, log }: DirectoryDisks, name: string): { disk: Disk; own: string } {
  if (name.startsWith(LOG_PREFIX)) return { disk: log, own: name.slice(LOG_PREFIX.length) };
  return { disk: top, own: name };
}

/** The bytes of a file, which is closed at their end. The pieces are the caller's. */
export async function* piecesOf(file: DiskFile): AsyncGenerator<Uint8Array> {
  try {
    yield* piecesOfOpen(file);
  } finally {
    await file.close();
  }
}

/** The bytes of a file, which stays open. The pieces are the caller's. */
export async function* piecesOfOpen(file: DiskFile): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const count = await file.read(piece, position);
    if (count > 0) yield piece.subarray(0, count);
    if (count < PIECE_BYTES) return;
    position += count;
  }
}

/** Writes a file from its beginning and makes its bytes durable; closes it in any case. */
export async function fill(
  file: DiskFile,
  pieces: AsyncIterable<Uint8Array>,
  onPiece: (piece: Uint8Array) => void = () => {},
): Promise<void> {
  try {
    let position = 0;
    for await (const piece of pieces) {
      onPiece(piece);
      await file.write([piece], position);
      position += piece.length;
    }
    await file.flush();
  } finally {
    await file.close();
  }
}
