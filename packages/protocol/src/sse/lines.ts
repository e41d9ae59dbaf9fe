/**
 * Text as the lines of a data event (section 14.3). CRLF, CR and LF all end a line, and each line stands behind
 * `data:`. Readers drop one blank after `data:`, so a line that starts with a blank gets another one before it.
 */

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const DATA_FIELD = new TextEncoder().encode("data:");

/** The length of what `writeLines` writes; the payload's own length only if it can be copied as it stands. */
export function linesLength(payload: Uint8Array): number {
  let length = payload.length + (payload[0] === BLANK ? 1 : 0);
  for (let index = 0; index < payload.length; index++) {
    const byte = payload[index]!;
    if (byte > CR || (byte !== LF && byte !== CR)) continue;
    const next = payload[index + 1];
    if (byte === CR && next === LF) length--;
    else length += DATA_FIELD.length + (next === BLANK ? 1 : 0);
  }
  return length;
}

/** Writes the payload into `target` at `offset`, behind a `data:` that is there already. */
export function writeLines(payload: Uint8Array, target: Uint8Array, offset: number): void {
  let at = offset;
  if (payload[0] === BLANK) target[at++] = BLANK;
  for (let index = 0; index < payload.length; index++) {
    const byte = payload[index]!;
    if (byte !== LF && byte !== CR) {
      target[at++] = byte;
      continue;
    }
    const next = payload[index + 1];
    if (byte === CR && next === LF) continue;
    target[at++] = LF;
    target.set(DATA_FIELD, at);
    at += DATA_FIELD.length;
    if (next === BLANK) target[at++] = BLANK;
  }
}
