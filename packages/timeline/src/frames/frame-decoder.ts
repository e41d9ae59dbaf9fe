import { decodeHeader, type TimelineFormat } from "./format.ts";
import { FrameLog } from "./frame-log.ts";

/** What became of bytes that arrived. */
export type Decoded =
  | { readonly kind: "ok" }
  /** They are no timeline, or more than fits. `rejection` is a sentence. */
  | { readonly kind: "rejected"; readonly rejection: string };

const OK: Decoded = { kind: "ok" };

/** Puts a timeline together from bytes as they arrive, cut anywhere. */
export class FrameDecoder {
  readonly #maxBytes: number;
  #rest = new Uint8Array();
  #header: { readonly format: TimelineFormat; readonly bytes: number; readonly frames: FrameLog } | undefined;

  /** @param maxBytes - the most bytes of frames that are taken */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What the timeline says of itself; undefined until that has arrived. */
  get format(): TimelineFormat | undefined {
    return this.#header?.format;
  }

  /** The frames so far; undefined until the beginning has arrived. */
  get frames(): FrameLog | undefined {
    return this.#header?.frames;
  }

  /** How many bytes come before the first frame. */
  get headerBytes(): number {
    return this.#header?.bytes ?? 0;
  }

  /** Takes bytes. After a rejection it takes no more. */
  take(chunk: Uint8Array): Decoded {
    let bytes = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    if (this.#header === undefined) {
      const read = decodeHeader(bytes);
      if (read.kind === "rejected") return read;
      if (read.kind === "incomplete") {
        this.#rest = bytes.slice();
        return OK;
      }
      const { format } = read;
      this.#header = { format, bytes: read.bytes, frames: new FrameLog(format.frameBytes, this.#maxBytes) };
      bytes = bytes.subarray(read.bytes);
    }
    const { frames, format } = this.#header;
    const whole = bytes.length - (bytes.length % format.frameBytes);
    this.#rest = bytes.slice(whole);
    if (frames.append(bytes.subarray(0, whole))) return OK;
    return { kind: "rejected", rejection: `the timeline has more than ${this.#maxBytes} bytes` };
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
