/**
 * UTF-8 (RFC 3629) over bytes.
 */

/**
 * Checks one multi-byte character, whose first byte (0x80 or above) is at `index`.
 *
 * @returns the index after the character, or -1 if the bytes are not well-formed UTF-8 or the text ends within it
 */
export function skipMultiByteCharacter(bytes: Uint8Array, index: number): number {
  const length = sequenceLength(bytes[index]!);
  if (length === 0 || index + length > bytes.length) return -1;
  for (let next = index + 1; next < index + length; next++) {
    if ((bytes[next]! & 0xc0) !== 0x80) return -1;
  }
  return isSecondByteInRange(bytes[index]!, bytes[index + 1]!) ? index + length : -1;
}

/**
 * How many bytes at the end belong to a character that is not complete yet: 0 to 3. A text stream's SSE reader is
 * given only whole characters (protocol §14.3). Bytes that can never become a character are not held back.
 */
export function incompleteUtf8Length(bytes: Uint8Array): number {
  for (let held = 1; held <= 3 && held <= bytes.length; held++) {
    const byte = bytes[bytes.length - held]!;
    if ((byte & 0xc0) === 0x80) continue;
    if (sequenceLength(byte) <= held) return 0;
    return held === 1 || isSecondByteInRange(byte, bytes[bytes.length - held + 1]!) ? held : 0;
  }
  return 0;
}

/** The number of bytes in the character that starts with this byte (2 to 4); 0 if no multi-byte character does. */
function sequenceLength(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** Rules out overlong forms, surrogates and what lies above U+10FFFF. */
function isSecondByteInRange(lead: number, second: number): boolean {
  switch (lead) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second < 0xa0;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second < 0x90;
    default:
      return true;
  }
}
