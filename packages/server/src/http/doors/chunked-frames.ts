/** Frames of a live body as HTTP chunks, framed once however many readers get them. */
import type { Socket } from "node:net";

export const LAST_CHUNK = Buffer.from("0\r\n\r\n");

const CRLF = Buffer.from("\r\n");

/** A frame up to this length is copied into a chunk, since one write is cheaper than three. */
const COPIED_BYTES = 32 * 1024;

/** Remembers the latest frame, which a fan-out writes to one reader after the other. */
export class ChunkFramer {
  #frame: Uint8Array | undefined;
  #chunk: Buffer = LAST_CHUNK;

  /** Writes a frame and what follows it as chunks, together. Returns whether there is room for more. */
  write(socket: Socket, frame: Uint8Array, following: Uint8Array | undefined): boolean {
    if (following === undefined && frame.length <= COPIED_BYTES) return socket.write(this.#chunkOf(frame));
    socket.cork();
    const length = frame.length + (following?.length ?? 0);
    socket.write(`${length.toString(16)}\r\n`, "latin1");
    socket.write(frame);
    if (following !== undefined) socket.write(following);
    const hasRoom = socket.write(CRLF);
    socket.uncork();
    return hasRoom;
  }

  #chunkOf(frame: Uint8Array): Buffer {
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#chunk = Buffer.concat([Buffer.from(`${frame.length.toString(16)}\r\n`), frame, CRLF]);
    }
    return this.#chunk;
  }
}
