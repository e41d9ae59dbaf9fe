/** A wire that ends in a web stream, the body of a `Response`. */
import type { Wire, WireListener } from "../wire.ts";

/** Bytes queued before the consumer counts as behind. */
const HIGH_WATER_BYTES = 16 * 1024;

/**
 * A stream of what is written to the wire that `open` is given. Its queue counts bytes, so that the writer sees how far
 * behind the client is.
 *
 * @param signal aborted when the client goes away: then the stream breaks off
 */
export function wireStream(signal: AbortSignal, open: (wire: Wire) => void): ReadableStream<Uint8Array> {
  let wire: StreamWire | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        wire = new StreamWire(controller, signal);
        open(wire);
      },
      pull: () => wire?.room(),
      cancel: () => wire?.close(),
    },
    { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk.byteLength },
  );
}

class StreamWire implements Wire {
  readonly keepsBytes = true;
  readonly #controller: ReadableStreamDefaultController<Uint8Array>;
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.#fail(this.#signal.reason);
  #listener: WireListener | undefined;
  #isOver = false;

  constructor(controller: ReadableStreamDefaultController<Uint8Array>, signal: AbortSignal) {
    this.#controller = controller;
    this.#signal = signal;
    if (signal.aborted) queueMicrotask(this.#onAbort);
    else signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  write(bytes: Uint8Array, following?: Uint8Array): boolean {
    if (this.#isOver) return false;
    this.#controller.enqueue(bytes);
    if (following !== undefined) this.#controller.enqueue(following);
    return this.#controller.desiredSize! > 0;
  }

  bufferedBytes(): number {
    return HIGH_WATER_BYTES - (this.#controller.desiredSize ?? HIGH_WATER_BYTES);
  }

  /** What is queued can still be taken, or cut. */
  end(): void {
    if (!this.#isOver) this.#controller.close();
    this.#over();
  }

  cut(): void {
    // Of a stream that was taken to its end, this changes nothing.
    this.#controller.error(new Error("the response was cut off"));
    this.#over();
  }

  listen(listener: WireListener): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  room(): void {
    this.#listener?.onRoom();
  }

  /** The client is gone. */
  close(): void {
    this.#over();
    this.#listener?.onClose();
  }

  #fail(reason: unknown): void {
    if (this.#isOver) return;
    this.#controller.error(reason);
    this.close();
  }

  #over(): void {
    this.#isOver = true;
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
