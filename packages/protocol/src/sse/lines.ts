/**
 * Text as the lines of a data event (protocol §14.3). CRLF, CR and LF all end a line, and each line stands behind
 * `data:`. Readers drop one blank after `data:`, so a line that starts with a blank gets another one before it.
 */

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const DATA_FIELD = new TextEncoder().encode("data:");

/**
 * The length of what `writeLines` writes; the payload's own length only if it can be copied as it stands.
 *
 * @param continues whether the payload begins within a line
 */
export function linesLength(payload: Uint8Array, continues = false): number {
  let length = payload.length + (payload[0] === BLANK && !continues ? 1 : 0);
  for (let end = lineEnd(payload, 0); end < payload.length; end = lineEnd(payload, end + 1)) {
    const next = payload[end + 1];
    if (payload[end] === CR && next === LF) length--;
    else length += DATA_FIELD.length + (next === BLANK ? 1 : 0);
  }
  return length;
}

/** Writes the payload into `target` at `offset`, behind a `data:` that is there already. */
export function writeLines(payload: Uint8Array, target: Uint8Array, offset: number, continues = false): void {
  let at = offset;
  for (let start = 0; ; ) {
    const end = lineEnd(payload, start);
    if (payload[start] === BLANK && !(continues && start === 0)) target[at++] = BLANK;
    if (end > start) target.set(payload.subarray(start, end), at);
    at += end - start;
    if (end === payload.length) return;
    target[at++] = LF;
    target.set(DATA_FIELD, at);
    at += DATA_FIELD.length;
    start = payload[end] === CR && payload[end + 1] === LF ? end + 2 : end + 1;
  }
}

/** The index of the first LF or CR at or after `start`, or the payload's length. */
function lineEnd(payload: Uint8Array, start: number): number {
  let index = skipPrintable(payload, start);
  while (index < payload.length && payload[index] !== LF && payload[index] !== CR) {
    index = skipPrintable(payload, index + 1);
  }
  return index;
}

/** The index of the first byte up to CR at or after `start`. Four at a time takes less than half as long. */
function skipPrintable(payload: Uint8Array, start: number): number {
  const length = payload.length;
  let index = start;
  for (; index + 3 < length; index += 4) {
    if (payload[index]! <= CR) return index;
    if (payload[index + 1]! <= CR) return index + 1;
    if (payload[index + 2]! <= CR) return index + 2;
    if (payload[index + 3]! <= CR) return index + 3;
  }
  while (index < length && payload[index]! > CR) index++;
  return index;
}
