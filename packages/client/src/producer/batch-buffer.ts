import type { Content } from "../handle/content.ts";

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const BYTES_PER_CODE_UNIT = 3;
const CAPACITY_MIN = 16 * 1024;

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * The open batch: messages are written, once, where the request body will be read. For JSON the body is an array of
 * the messages.
 */
export class BatchBuffer {
  readonly isJson: boolean;
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  #count = 0;

  /** @param memory - used for the body; grown when it is too small. Default: fresh memory */
  constructor(isJson: boolean, memory: ArrayBuffer = new ArrayBuffer(CAPACITY_MIN)) {
    this.isJson = isJson;
    this.#bytes = new Uint8Array(memory);
  }

  /** Messages in the batch. */
  get count(): number {
    return this.#count;
  }

  /** Size of the body so far, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** Adds a message; bytes are copied. */
  append(content: Content): void {
    const size = typeof content === "string" ? content.length * BYTES_PER_CODE_UNIT : content.length;
    this.#reserve(size + 2);
    if (this.isJson) this.#bytes[this.#length++] = this.#count === 0 ? OPEN_BRACKET : COMMA;
    if (typeof content === "string") {
      this.#length += encoder.encodeInto(content, this.#bytes.subarray(this.#length)).written;
    } else {
      this.#bytes.set(content, this.#length);
      this.#length += content.length;
    }
    this.#count++;
  }

  /** The request body, on the buffer's memory. The buffer must not be used afterwards. */
  seal(): Uint8Array<ArrayBuffer> {
    if (this.isJson) this.#bytes[this.#length++] = CLOSE_BRACKET;
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
