/** What a reader reports. The bytes belong to the socket's buffer and are gone after the call. */
export interface ResponseEvents {
  /** The head of a response, as text with its names as sent. Only called if given, since the text costs time. */
  head?(text: string): void;
  /** Some bytes of the body, without the framing of chunks. */
  body?(bytes: Buffer): void;
  /** The response is complete. */
  complete(status: number): void;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");

/**
 * Reads HTTP/1.1 responses off a connection, with as little work as a load generator can do: no validation, no
 * objects per header. Handles bodies with a length and in chunks; trailers are not expected.
 */
export class ResponseReader {
  readonly #events: ResponseEvents;
  #left: Buffer | undefined;
  #status = 0;
  /** Bytes of the body, or of the current chunk and its line end, that are still to come. */
  #remaining = 0;
  #phase: "head" | "body" | "chunk-size" | "chunk" = "head";
  #lastChunk = false;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** Takes what the socket read. */
  push(received: Buffer): void {
    const bytes = this.#left === undefined ? received : Buffer.concat([this.#left, received]);
    this.#left = undefined;
    let at = 0;
    while (at < bytes.length) {
      const next =
        this.#phase === "head" || this.#phase === "chunk-size"
          ? this.#line(bytes, at)
          : this.#skip(bytes, at);
      if (next === undefined) {
        this.#left = Buffer.from(bytes.subarray(at));
        return;
      }
      at = next;
    }
  }

  #line(bytes: Buffer, at: number): number | undefined {
    return this.#phase === "head" ? this.#head(bytes, at) : this.#chunkSize(bytes, at);
  }

  #head(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf(HEAD_END, at);
    if (end < 0) return undefined;
    this.#status = (bytes[at + 9]! - 48) * 100 + (bytes[at + 10]! - 48) * 10 + bytes[at + 11]! - 48;
    const bodiless = this.#status === 204 || this.#status === 304 || this.#status < 200;
    if (!bodiless || this.#events.head !== undefined)
      this.#readHead(bytes.toString("latin1", at, end), bodiless);
    if (this.#phase === "head") this.#complete();
    return end + HEAD_END.length;
  }

  #readHead(text: string, bodiless: boolean): void {
    this.#events.head?.(text);
    if (bodiless) return;
    if (/transfer-encoding: *chunked/i.test(text)) {
      this.#phase = "chunk-size";
      return;
    }
    this.#remaining = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0);
    if (this.#remaining > 0) this.#phase = "body";
  }

  #chunkSize(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf(LINE_END, at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, end), 16);
    this.#lastChunk = size === 0;
    this.#remaining = size + LINE_END.length;
    this.#phase = "chunk";
    return end + LINE_END.length;
  }

  #skip(bytes: Buffer, at: number): number {
    const taken = Math.min(bytes.length - at, this.#remaining);
    if (this.#events.body !== undefined) this.#reportBody(bytes, at, taken);
    this.#remaining -= taken;
    if (this.#remaining === 0) {
      if (this.#phase === "chunk" && !this.#lastChunk) this.#phase = "chunk-size";
      else this.#complete();
    }
    return at + taken;
  }

  #reportBody(bytes: Buffer, at: number, taken: number): void {
    const framing = this.#phase === "chunk" ? LINE_END.length : 0;
    const content = Math.min(taken, Math.max(this.#remaining - framing, 0));
    if (content > 0) this.#events.body?.(bytes.subarray(at, at + content));
  }

  #complete(): void {
    this.#phase = "head";
    this.#events.complete(this.#status);
  }
}
