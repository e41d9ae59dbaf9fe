/** Marks a time in the payload of an event. Nothing else that a server sends holds the character. */
const MARK = "@".charCodeAt(0);
const DIGITS = 12;

/** An event's payload of `size` bytes that begins with a time, in milliseconds on `performance.now()`. */
export function stampedPayload(dueAt: number, filling: string): string {
  const stamp = `@${String(Math.round(dueAt * 1000)).padStart(DIGITS, "0")}`;
  return stamp + filling.slice(stamp.length);
}

/** Finds the stamped times in the bytes of a response, however they are cut into packets. */
export class TimestampScanner {
  readonly #found: (dueAt: number) => void;
  #left: Buffer | undefined;

  /** `found` gets each time, in milliseconds on `performance.now()`. */
  constructor(found: (dueAt: number) => void) {
    this.#found = found;
  }

  /** Takes the next bytes. */
  push(received: Buffer): void {
    const bytes = this.#left === undefined ? received : Buffer.concat([this.#left, received]);
    this.#left = undefined;
    let at = bytes.indexOf(MARK);
    while (at >= 0) {
      if (at + DIGITS >= bytes.length) {
        this.#left = Buffer.from(bytes.subarray(at));
        return;
      }
      this.#found(readDigits(bytes, at + 1) / 1000);
      at = bytes.indexOf(MARK, at + DIGITS);
    }
  }
}

function readDigits(bytes: Buffer, from: number): number {
  let value = 0;
  for (let at = from; at < from + DIGITS; at++) value = value * 10 + bytes[at]! - 48;
  return value;
}
