/** Frames of a live body as HTTP chunks, framed once however many readers get them. */

export const LAST_CHUNK = Buffer.from("0\r\n\r\n");

const CRLF = Buffer.from("\r\n");

/** Remembers the latest frame, which a fan-out writes to one reader after the other. */
export class ChunkFramer {
  #frame: Uint8Array | undefined;
  #chunk: Buffer = LAST_CHUNK;

  chunkOf(frame: Uint8Array): Buffer {
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#chunk = Buffer.concat([Buffer.from(`${frame.length.toString(16)}\r\n`), frame, CRLF]);
    }
    return this.#chunk;
  }
}
