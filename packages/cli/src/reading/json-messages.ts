const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Cuts JSON arrays into the texts of their elements while they arrive, in pieces cut anywhere. Each text is kept as
 * the server sent it: big numbers, duplicate keys and spelling come out unchanged. The arrays come from a server of
 * the protocol and are taken as valid. Holds one message at a time.
 */
export class JsonMessages {
  /** Open brackets around the current byte; the array itself is one. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The beginning of a message whose end has not arrived. */
  #held: Uint8Array[] = [];

  /** Takes the next piece and returns the messages that it completes. */
  push(piece: Uint8Array): Buffer[] {
    const messages: Buffer[] = [];
    let start = 0;
    for (let index = 0; index < piece.length; index += 1) {
      const byte = piece[index]!;
      if (this.#inString) this.#insideString(byte);
      else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        this.#depth += 1;
        if (this.#depth === 1) start = index + 1;
      } else if (byte === CLOSE_OBJECT) this.#depth -= 1;
      else if (byte === CLOSE_ARRAY || (byte === COMMA && this.#depth === 1)) {
        if (byte === CLOSE_ARRAY) this.#depth -= 1;
        if (byte === CLOSE_ARRAY && this.#depth > 0) continue;
        this.#complete(piece.subarray(start, index), messages);
        start = index + 1;
      }
    }
    if (this.#depth > 0) this.#held.push(piece.subarray(start));
    return messages;
  }

  #insideString(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  #complete(end: Uint8Array, messages: Buffer[]): void {
    const message = trimmed(this.#held.length === 0 ? Buffer.from(end) : Buffer.concat([...this.#held, end]));
    this.#held = [];
    if (message.length > 0) messages.push(message);
  }
}

/** Without white space around it, which an array may have between its elements. */
function trimmed(text: Buffer): Buffer {
  let start = 0;
  let end = text.length;
  while (start < end && text[start]! <= 0x20) start += 1;
  while (end > start && text[end - 1]! <= 0x20) end -= 1;
  return text.subarray(start, end);
}
