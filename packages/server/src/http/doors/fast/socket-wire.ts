/** A wire that is a socket of its own, on which the head of the reply has been written. */
import type { Socket } from "node:net";
import { type ChunkFramer, LAST_CHUNK } from "../chunked-frames.ts";
import type { Wire, WireListener } from "../wire.ts";

export class SocketWire implements Wire {
  readonly keepsBytes = false;
  readonly #socket: Socket;
  readonly #framer: ChunkFramer | undefined;
  readonly #onEnd: () => void;

  /**
   * @param framer frames what is written as HTTP chunks; undefined for a body of known length
   * @param onEnd called when the body is complete
   */
  constructor(socket: Socket, framer: ChunkFramer | undefined, onEnd: () => void) {
    this.#socket = socket;
    this.#framer = framer;
    this.#onEnd = onEnd;
  }

  write(bytes: Uint8Array, following?: Uint8Array): boolean {
    if (this.#socket.destroyed) return false;
    return this.#framer === undefined
      ? this.#socket.write(bytes)
      : this.#framer.write(this.#socket, bytes, following);
  }

  bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  end(): void {
    if (this.#framer !== undefined) this.#socket.write(LAST_CHUNK);
    this.#onEnd();
  }

  cut(): void {
    this.#socket.destroy();
  }

  listen(listener: WireListener): () => void {
    const onRoom = (): void => listener.onRoom();
    const onClose = (): void => listener.onClose();
    this.#socket.on("drain", onRoom);
    this.#socket.on("close", onClose);
    return () => {
      this.#socket.off("drain", onRoom);
      this.#socket.off("close", onClose);
    };
  }
}
