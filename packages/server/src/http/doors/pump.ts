/** Writing a body of known length piece by piece, never more than the wire takes. */
import { READ_CHUNK_BYTES } from "../../journal/contract/index.ts";
import type { ReadyReaders, Runnable } from "../../live/ready-readers.ts";
import type { ByteSource } from "../message/reply.ts";
import type { BodyEnd, Wire, WireListener } from "./wire.ts";

/** What one body gets of a turn of the event loop: a reader as fast as the server must leave others theirs. */
const TURN_BYTES = 4 * READ_CHUNK_BYTES;

/** What a piece counts for at least: to find a short one takes as long. */
const PIECE_BYTES_MIN = 16 * 1024;

export interface PumpSettings {
  /** In which all bodies of the door take turns. */
  readonly turns: ReadyReaders;
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
  new Pump(source, wire, settings).begin();
}

class Pump implements WireListener, Runnable {
  readonly #source: ByteSource;
  readonly #wire: Wire;
  readonly #settings: PumpSettings;
  readonly #stopListening: () => void;
  /** For one piece after another: fresh memory for each would keep the garbage collector busier than the socket. */
  readonly #memory: Uint8Array | undefined;
  #writtenInTurn = 0;
  #stalled: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(source: ByteSource, wire: Wire, settings: PumpSettings) {
    this.#source = source;
    this.#wire = wire;
    this.#settings = settings;
    this.#memory = wire.keepsBytes ? undefined : Buffer.allocUnsafe(READ_CHUNK_BYTES);
    this.#stopListening = wire.listen(this);
  }

  /** Writes the first piece; the rest in turns, since many may begin at once. */
  begin(): void {
    this.#writtenInTurn = TURN_BYTES - 1;
    this.#writeOn();
  }

  onRoom(): void {
    // A turn that is to come goes on by itself.
    if (this.#stalled === undefined) return;
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    this.#settings.turns.markForLater(this);
  }

  run(): number {
    this.#writtenInTurn = 0;
    this.#writeOn();
    return this.#writtenInTurn;
  }

  onClose(): void {
    this.#end("client-left");
  }

  /** Writes until the wire has enough for now, or the turn is over. */
  #writeOn(): void {
    try {
      while (!this.#isOver) {
        if (this.#writtenInTurn >= TURN_BYTES) {
          this.#settings.turns.markForLater(this);
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
        if (!this.#isOver && this.#write(come)) this.#writeOn();
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
    this.#writtenInTurn += Math.max(piece.length, PIECE_BYTES_MIN);
    if (this.#wire.write(piece)) return true;
    this.#stalled = setTimeout(() => this.#end("stalled"), this.#settings.stalledReaderMs);
    return false;
  }

  #end(end: BodyEnd, cause?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#stalled);
    this.#stopListening();
    if (end === "complete") this.#wire.end();
    else this.#wire.cut();
    this.#settings.onEnd(end, cause);
  }
}
