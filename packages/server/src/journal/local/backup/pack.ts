/**
 * A backup as one stream of bytes: a line of JSON, the manifest, and then the files that it names, one after another,
 * each as long as it says, the format last.
 */
import { UnusableDirectory } from "../unusable-directory.ts";
import { directoryDisks, openToRead, piecesOf } from "./directory-disks.ts";
import { type Manifest, parseManifest, readManifest, sealed } from "./manifest.ts";
import { type BackedUpFile, inOrder, prepareRestore, restoreFiles } from "./restore.ts";

/** A manifest of a million segments would be shorter. */
const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The bytes of a finished backup.
 *
 * @throws UnusableDirectory before the first of them when it is not finished, or its manifest is damaged
 * @throws what the file system says, when a file cannot be read: what was given until then is no backup
 */
export async function* packBackup(backup: string): AsyncGenerator<Uint8Array> {
  const disks = directoryDisks(backup);
  const manifest = await readManifest(disks.top);
  if (manifest === undefined) throw new UnusableDirectory(`${backup} is no finished backup`);
  yield Buffer.from(`${JSON.stringify(sealed(manifest))}\n`);
  for (const name of inOrder(Object.keys(manifest.files))) yield* piecesOf(await openToRead(disks, name));
}

/**
 * Restores what `packBackup` gave. As `restoreDirectory`.
 *
 * @throws UnusableDirectory when the bytes are no backup, damaged, or end too early, or `target` has files; and what
 *   `bytes` throws
 */
export async function restorePacked(bytes: AsyncIterable<Uint8Array>, target: string): Promise<Manifest> {
  const reader = new PieceReader(bytes);
  const manifest = parseManifest((await reader.line()).toString());
  if (manifest === undefined) throw new UnusableDirectory("this is no backup, or its beginning is damaged");
  await restoreFiles(manifest, unpacked(reader, manifest), await prepareRestore(target));
  return manifest;
}

async function* unpacked(reader: PieceReader, { files }: Manifest): AsyncGenerator<BackedUpFile> {
  for (const name of inOrder(Object.keys(files))) yield { name, content: reader.take(files[name]!.bytes) };
}

/** Cuts a stream of pieces anew. */
class PieceReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#pieces = bytes[Symbol.asyncIterator]();
  }

  async line(): Promise<Buffer> {
    let line = Buffer.alloc(0);
    for (;;) {
      const end = this.#rest.indexOf(0x0a);
      line = Buffer.concat([line, end < 0 ? this.#rest : this.#rest.subarray(0, end)]);
      this.#rest = end < 0 ? new Uint8Array(0) : this.#rest.subarray(end + 1);
      if (end >= 0) return line;
      if (line.length > MANIFEST_BYTES_MAX || !(await this.#more()))
        throw new UnusableDirectory("this is no backup");
    }
  }

  async *take(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more()))
        throw new UnusableDirectory("the backup ends too early; nothing was restored");
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #more(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done) return false;
    this.#rest = next.value;
    return true;
  }
}
