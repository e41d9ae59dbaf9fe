/** Writing a body of known length piece by piece, never more than the wire takes. */
import { READ_CHUNK_BYTES } from "../../journal/contract/index.ts";
import type { ByteSource } from "../message/reply.ts";
import type { BodyEnd, Wire, WireListener } from "./wire.ts";

/** What one body gets of a turn of the event loop: a reader as fast as the server must leave others theirs. */
const TURN_BYTES = 4 * READ_CHUNK_BYTES;

export interface PumpSettings {
  /** How long a client that takes nothing is waited for, milliseconds. */
  readonly stalledReaderMs: number;
  /** Called once, with how the body ended and, when it failed, why. */
  readonly onEnd: (end: BodyEnd, cause?: unknown) => void;
}

/**
 * Writes all of `source`. When the client takes nothing for too long, or the source fails, the wire is cut, so that the
 * client sees its body break off.
 */
export function pump(source: ByteSource, wire: Wire, settings: PumpSettings): void {
  new Pump(source, wire, settings).writeOn();
}

class Pump implements WireListener {
  readonly #source: ByteSource;
  readonly #wire: Wire;
  readonly #settings: PumpSettings;
  readonly #stopListening: () => void;
  /** For one piece after another: fresh memory for each would keep the garbage collector busier than the socket. */
  readonly #memory: Uint8Array | undefined;
  readonly #writeOn = (): void => this.writeOn();
  #writtenInTurn = 0;
  #stalled: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #isOver = false;

  constructor(source: ByteSource, wire: Wire, settings: PumpSettings) {
    this.#source = source;
    this.#wire = wire;
    this.#settings = settings;
    this.#memory = wire.keepsBytes ? undefined : Buffer.allocUnsafe(READ_CHUNK_BYTES);
    this.#stopListening = wire.listen(this);
  }

  onRoom(): void {
    // A turn that is to come goes on by itself.
    if (this.#stalled !== undefined) this.writeOn();
  }

  onClose(): void {
    this.#end("client-left");
  }

  /** Writes until the wire has enough for now, or the turn is over. */
  writeOn(): void {
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    try {
      while (!this.#isOver) {
        if (this.#writtenInTurn >= TURN_BYTES) {
          this.#writtenInTurn = 0;
          this.#turn = setImmediate(this.#writeOn);
          return;
        }
        if (!this.#writePiece()) return;
      }
    } catch (error) {
      this.#end("failed", error);
    }
  }

  /** Whether to go on at once. */
  #writePiece(): boolean {
    // The wire holds on to what it could not hand on at once.
    const isFree = this.#wire.bufferedBytes() === 0;
    const piece = this.#source.next(isFree ? this.#memory : undefined);
    if (!(piece instanceof Promise)) return this.#write(piece);
    piece.then(
      (come) => {
        if (!this.#isOver && this.#write(come)) this.writeOn();
      },
      (error) => this.#end("failed", error),
    );
    return false;
  }

  /** Whether to go on at once. */
  #write(piece: Uint8Array | undefined): boolean {
    if (piece === undefined) {
      this.#end("complete");
      return false;
    }
    this.#writtenInTurn += piece.length;
    if (this.#wire.write(piece)) return true;
    this.#stalled = setTimeout(() => this.#end("stalled"), this.#settings.stalledReaderMs);
    return false;
  }

  #end(end: BodyEnd, cause?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#stalled);
    clearImmediate(this.#turn);
    this.#stopListening();
    if (end === "complete") this.#wire.end();
    else this.#wire.cut();
    this.#settings.onEnd(end, cause);
  }
}
