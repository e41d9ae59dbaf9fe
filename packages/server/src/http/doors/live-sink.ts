/** Where a live session writes, whatever door its client came through. */
import type { SseSink } from "../../live/sse-session.ts";
import type { LiveBody, LiveSession } from "../message/reply.ts";
import type { Wire, WireListener } from "./wire.ts";

/**
 * Opens a live body on a wire.
 *
 * @param stalledReaderMs how long a client may take nothing of what is left when the body has ended
 */
export function openLive(body: LiveBody, wire: Wire, stalledReaderMs: number): void {
  new LiveSink(wire, stalledReaderMs).open(body);
}

class LiveSink implements SseSink, WireListener {
  readonly #wire: Wire;
  readonly #stalledReaderMs: number;
  readonly #stopListening: () => void;
  #session: LiveSession | undefined;
  #state: "open" | "ended" | "over" = "open";
  #stalled: NodeJS.Timeout | undefined;

  constructor(wire: Wire, stalledReaderMs: number) {
    this.#wire = wire;
    this.#stalledReaderMs = stalledReaderMs;
    this.#stopListening = wire.listen(this);
  }

  open(body: LiveBody): void {
    this.#session = body.open(this);
  }

  write(bytes: Uint8Array, following?: Uint8Array): void {
    this.#wire.write(bytes, following);
  }

  bufferedBytes(): number {
    return this.#wire.bufferedBytes();
  }

  /** What is still buffered may never be taken: the client is given time for it, and then cut off. */
  end(): void {
    if (this.#state !== "open") return;
    const isTaken = this.#wire.bufferedBytes() === 0;
    this.#state = "ended";
    if (!isTaken) this.#stalled = setTimeout(() => this.destroy(), this.#stalledReaderMs);
    this.#wire.end();
    if (isTaken) this.#over();
  }

  destroy(): void {
    if (this.#state === "over") return;
    this.#over();
    this.#wire.cut();
  }

  onRoom(): void {
    if (this.#state === "open") this.#session?.onDrain();
    else this.#over();
  }

  onClose(): void {
    if (this.#state === "over") return;
    this.#over();
    this.#session?.onDisconnect();
  }

  #over(): void {
    this.#state = "over";
    clearTimeout(this.#stalled);
    this.#stopListening();
  }
}
