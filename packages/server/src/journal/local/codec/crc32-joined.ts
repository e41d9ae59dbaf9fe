/** The checksum of two ranges as one, from the checksums of both: so a long range can be summed up before what precedes it. */

/** The polynomial of CRC-32, bits reversed. */
const POLYNOMIAL = 0xedb88320;

/** The polynomial 1; bits are reversed, so the highest coefficient comes last. */
const ONE = 0x8000_0000;

/** Entry `n` is x to the power of 2^n, modulo the polynomial. */
const POWERS = makePowers();

function makePowers(): Uint32Array {
  const powers = new Uint32Array(64);
  powers[0] = ONE >>> 1;
  for (let n = 1; n < powers.length; n++) powers[n] = multiply(powers[n - 1]!, powers[n - 1]!);
  return powers;
}

/** The product of two polynomials over GF(2), modulo that of CRC-32. */
function multiply(left: number, right: number): number {
  let product = 0;
  let shifted = right;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((left & bit) !== 0) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return product >>> 0;
}

/**
 * The CRC-32 of one range followed by another.
 *
 * @param first the checksum of the one
 * @param second the checksum of the other
 * @param secondLength bytes of the other, [0, 2^50)
 */
export function joinedCrc32(first: number, second: number, secondLength: number): number {
  // Bytes that follow multiply what is before them by x^8 each.
  let shift = ONE;
  for (let left = secondLength, n = 3; left > 0; left = Math.floor(left / 2), n++) {
    if (left % 2 === 1) shift = multiply(shift, POWERS[n]!);
  }
  return (multiply(shift, first) ^ second) >>> 0;
}
