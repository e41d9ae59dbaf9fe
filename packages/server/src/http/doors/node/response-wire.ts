/** A wire that is a response of node:http, whose head is out. */
import type { ServerResponse } from "node:http";
import type { ChunkFramer } from "../chunked-frames.ts";
import type { Wire, WireListener } from "../wire.ts";

export class ResponseWire implements Wire {
  readonly keepsBytes = false;
  readonly #response: ServerResponse;
  readonly #framer: ChunkFramer | undefined;

  /** @param framer frames what is written, once for all readers; undefined for a body of known length */
  constructor(response: ServerResponse, framer: ChunkFramer | undefined) {
    this.#response = response;
    this.#framer = framer;
  }

  /**
   * Live frames go straight to the socket once that is the response's (an answer before it may still be under way):
   * node:http would hand over length, frame and line end one by one, for each reader anew. In HTTP/1.0 there are no
   * chunks.
   */
  write(bytes: Uint8Array, following?: Uint8Array): boolean {
    const { socket, chunkedEncoding, destroyed } = this.#response;
    if (destroyed) return false;
    if (this.#framer !== undefined && socket !== null && chunkedEncoding)
      return this.#framer.write(socket, bytes, following);
    const hasRoom = this.#response.write(bytes);
    return following === undefined ? hasRoom : this.#response.write(following);
  }

  bufferedBytes(): number {
    return this.#response.writableLength;
  }

  end(): void {
    this.#response.end();
  }

  cut(): void {
    this.#response.destroy();
  }

  listen(listener: WireListener): () => void {
    const { socket } = this.#response.req;
    const onRoom = (): void => listener.onRoom();
    const onClose = (): void => listener.onClose();
    // What waited behind another answer drains from the response, frames written straight to the socket from there.
    this.#response.on("drain", onRoom);
    socket.on("drain", onRoom);
    this.#response.on("close", onClose);
    return () => {
      this.#response.off("drain", onRoom);
      socket.off("drain", onRoom);
      this.#response.off("close", onClose);
    };
  }
}
