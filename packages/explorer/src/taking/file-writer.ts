/** A file put together piece by piece. The browser keeps what is large on the disk. */

/** Pieces are handed over once there is so much of them, bytes. */
const HANDED_OVER_BYTES = 4 * 1024 * 1024;

export class FileWriter {
  readonly #type: string;
  readonly #blobs: Blob[] = [];
  #pieces: (string | Uint8Array<ArrayBuffer>)[] = [];
  #waiting = 0;

  constructor(type: string) {
    this.#type = type;
  }

  write(pieces: readonly (string | Uint8Array)[]): void {
    for (const piece of pieces) {
      this.#pieces.push(typeof piece === "string" ? piece : new Uint8Array(piece));
      this.#waiting += piece.length;
    }
    if (this.#waiting < HANDED_OVER_BYTES) return;
    this.#blobs.push(new Blob(this.#pieces));
    this.#pieces = [];
    this.#waiting = 0;
  }

  /** Has the browser save it under a name. */
  save(name: string): void {
    const url = URL.createObjectURL(new Blob([...this.#blobs, ...this.#pieces], { type: this.#type }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    // The browser has taken hold of it by then.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
