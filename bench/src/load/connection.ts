import { connect, type Socket } from "node:net";
import type { Address } from "./exchange.ts";
import { type ResponseEvents, ResponseReader } from "./response-reader.ts";

/** What a connection reports beside its responses. */
export interface ConnectionEvents extends ResponseEvents {
  /** The connection is gone, by whoever's doing. */
  closed(): void;
}

/**
 * Every socket reads into this one buffer: a read is handed on and done with before the next one starts, and no
 * Buffer is allocated for it.
 */
const readBuffer = Buffer.allocUnsafe(256 * 1024);

/** Opens a socket whose bytes are handed on as they come; they are gone after the call. */
export function openSocket(address: Address, received: (bytes: Buffer) => void, closed: () => void): Socket {
  const callback = (length: number) => {
    received(readBuffer.subarray(0, length));
    return true;
  };
  const socket = connect({ ...address, noDelay: true, onread: { buffer: readBuffer, callback } });
  socket.on("error", () => {});
  socket.once("close", closed);
  return socket;
}

/** One keep-alive connection with one request on its way at a time. */
export class Connection {
  readonly #socket: Socket;
  #ended = false;

  constructor(address: Address, events: ConnectionEvents) {
    const reader = new ResponseReader(events);
    this.#socket = openSocket(
      address,
      (bytes) => reader.push(bytes),
      () => {
        if (!this.#ended) events.closed();
      },
    );
  }

  /** Writes a request; before the connection stands, it waits for that. */
  send(request: Buffer): void {
    this.#socket.write(request);
  }

  /** Drops the connection; nothing is reported afterwards. */
  end(): void {
    this.#ended = true;
    this.#socket.destroy();
  }
}
