/** Writing a body of known length piece by piece, never more than the socket takes. */
import type { Writable } from "node:stream";
import { READ_CHUNK_BYTES } from "../../journal/contract/index.ts";
import type { ByteSource } from "../message/reply.ts";

/** What one body gets of a turn of the event loop: a reader as fast as the server must leave others theirs. */
const TURN_BYTES = 4 * READ_CHUNK_BYTES;

/**
 * Writes all of `source` and then calls `onEnd`. When the client takes nothing for `stalledReaderMs`, or the stream
 * is removed under the read, the target is destroyed, so that the client sees its body break off.
 */
export function pump(source: ByteSource, target: Writable, stalledReaderMs: number, onEnd: () => void): void {
  const writer = new PieceWriter(source, target);
  let stalled: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  const stop = (): void => {
    clearTimeout(stalled);
    clearImmediate(turn);
    target.off("drain", writeOn);
    target.off("close", stop);
  };
  const writeOn = (): void => {
    clearTimeout(stalled);
    const rest = writer.writeOn();
    if (rest === "taken-up") {
      stalled = setTimeout(() => target.destroy(), stalledReaderMs);
    } else if (rest === "turn-over") {
      turn = setImmediate(writeOn);
    } else {
      stop();
      if (rest === "end") onEnd();
      else target.destroy();
    }
  };
  target.on("drain", writeOn);
  target.on("close", stop);
  writeOn();
}

class PieceWriter {
  readonly #source: ByteSource;
  readonly #target: Writable;
  /** For one piece after another: fresh memory for each would keep the garbage collector busier than the socket. */
  readonly #memory = Buffer.allocUnsafe(READ_CHUNK_BYTES);
  #writtenInTurn = 0;

  constructor(source: ByteSource, target: Writable) {
    this.#source = source;
    this.#target = target;
  }

  /**
   * Writes until the target has taken up enough for now (a `drain` follows), or the turn is over. `lost`: the stream was
   * removed, or the client is gone.
   */
  writeOn(): "taken-up" | "turn-over" | "end" | "lost" {
    try {
      for (;;) {
        if (this.#target.destroyed) return "lost";
        if (this.#writtenInTurn >= TURN_BYTES) {
          this.#writtenInTurn = 0;
          return "turn-over";
        }
        // The target holds on to what it could not hand on at once.
        const isFree = this.#target.writableLength === 0;
        const piece = this.#source.next(isFree ? this.#memory : undefined);
        if (piece === undefined) return "end";
        this.#writtenInTurn += piece.length;
        if (!this.#target.write(piece)) return "taken-up";
      }
    } catch {
      return "lost";
    }
  }
}
