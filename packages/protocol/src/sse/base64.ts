const ALPHABET = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const PAD = 0x3d;

/** The length of `length` bytes in padded base64, in characters. */
export function base64Length(length: number): number {
  return Math.ceil(length / 3) * 4;
}

/** Writes standard, padded base64 (RFC 4648, 4) of `source` into `target` at `offset`. */
export function writeBase64(source: Uint8Array, target: Uint8Array, offset: number): void {
  const whole = source.length - (source.length % 3);
  let out = offset;
  for (let index = 0; index < whole; index += 3) {
    const bits = (source[index]! << 16) | (source[index + 1]! << 8) | source[index + 2]!;
    target[out++] = ALPHABET[bits >> 18]!;
    target[out++] = ALPHABET[(bits >> 12) & 63]!;
    target[out++] = ALPHABET[(bits >> 6) & 63]!;
    target[out++] = ALPHABET[bits & 63]!;
  }
  if (whole === source.length) return;
  const two = whole + 2 === source.length;
  const bits = (source[whole]! << 16) | (two ? source[whole + 1]! << 8 : 0);
  target[out++] = ALPHABET[bits >> 18]!;
  target[out++] = ALPHABET[(bits >> 12) & 63]!;
  target[out++] = two ? ALPHABET[(bits >> 6) & 63]! : PAD;
  target[out] = PAD;
}
