const LINE_FEED = 0x0a;

/** Puts lines together from pieces that are cut anywhere. Each line keeps its line feed. Holds one line at a time. */
export class LineSplitter {
  #held: Uint8Array[] = [];

  /** Takes the next piece and returns the lines that it completes. */
  push(piece: Uint8Array): readonly Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, start)) {
      const line = piece.subarray(start, end + 1);
      lines.push(this.#held.length === 0 ? line : Buffer.concat([...this.#held, line]));
      this.#held = [];
      start = end + 1;
    }
    if (start < piece.length) this.#held.push(piece.subarray(start));
    return lines;
  }

  /** The last line, if it lacks a line feed. */
  finish(): readonly Uint8Array[] {
    const rest = this.#held.length === 0 ? [] : [Buffer.concat(this.#held)];
    this.#held = [];
    return rest;
  }
}

/** The lines of an input, as many at a time as a piece of it completes. */
export async function* lineGroups(input: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  const splitter = new LineSplitter();
  for await (const piece of input) {
    const lines = splitter.push(piece);
    if (lines.length > 0) yield lines;
  }
  const rest = splitter.finish();
  if (rest.length > 0) yield rest;
}

const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

/** The first lines of a file without the byte order mark that some editors begin it with. */
export function withoutMark(lines: readonly Uint8Array[]): readonly Uint8Array[] {
  const [first, ...rest] = lines;
  return first !== undefined && hasMark(first) ? [first.subarray(BYTE_ORDER_MARK.length), ...rest] : lines;
}

/** Whether bytes begin with a byte order mark. */
export function hasMark(bytes: Uint8Array): boolean {
  return BYTE_ORDER_MARK.equals(bytes.subarray(0, BYTE_ORDER_MARK.length));
}
