/** Where a body goes that is not written at once: all that a door supplies of its connection, besides reading. */
export interface Wire {
  /**
   * Writes bytes, which belong to the wire until the client has taken them, and together with them those that follow.
   *
   * @returns whether there is room for more; if not, the listener hears of it
   */
  write(bytes: Uint8Array, following?: Uint8Array): boolean;
  /** Bytes written that the client has not taken. */
  bufferedBytes(): number;
  /** Whether whoever takes the bytes keeps them, so that their memory is never free again. */
  readonly keepsBytes: boolean;
  /** The body is complete. */
  end(): void;
  /** Breaks the connection off, so that the client notices that the body is not complete. */
  cut(): void;
  /**
   * @param listener hears of the connection until the returned function is called
   */
  listen(listener: WireListener): () => void;
}

export interface WireListener {
  /** There is room again after `write` said there was none. May also be called when there was room all along. */
  onRoom(): void;
  /** The connection is over, whoever ended it. */
  onClose(): void;
}

/** How a body ended. `client-left`: before it was complete. `stalled`: cut off, since the client took nothing. */
export type BodyEnd = "complete" | "client-left" | "stalled" | "failed";
