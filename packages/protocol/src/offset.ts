/**
 * Offsets on the wire (protocol §4): sixteen digits, an underscore, sixteen digits. The first half is always zero in
 * what we mint; the second is a position. A position counts the stored bytes before it: an integer from 0 to
 * `Number.MAX_SAFE_INTEGER`. Text order equals numeric order.
 */

const HALF_LENGTH = 16;
const TOKEN_LENGTH = 33;
const UNDERSCORE = 0x5f;
const DIGIT_ZERO = 0x30;

/** What comes before the digits of a position, by the number of those digits. */
const PREFIX_BY_DIGITS: readonly string[] = Array.from(
  { length: HALF_LENGTH + 1 },
  (_, digits) => `${"0".repeat(HALF_LENGTH)}_${"0".repeat(HALF_LENGTH - digits)}`,
);

/** The offset of an empty stream's tail, and of every stream's first byte. */
export const ZERO_OFFSET = `${"0".repeat(HALF_LENGTH)}_${"0".repeat(HALF_LENGTH)}`;

/** A place that a reader may ask for: `-1` is the start, `now` the tail at the time of the request. */
export type OffsetRequest = {
  /** Whether messages are read as they are stored, without the offsets that State messages are shown with. */
  readonly asStored?: boolean;
} & (
  | { readonly kind: "start" }
  | { readonly kind: "now" }
  /** `exact`: of bytes or text, there and nowhere else, though no server gave the offset out (docs/extensions.md). */
  | { readonly kind: "at"; readonly position: number; readonly exact?: boolean }
);

const START: OffsetRequest = { kind: "start" };
const NOW: OffsetRequest = { kind: "now" };

/** Formats a position (an integer, 0 to `Number.MAX_SAFE_INTEGER`) as an offset token. */
export function formatOffset(position: number): string {
  const digits = `${position}`;
  return PREFIX_BY_DIGITS[digits.length] + digits;
}

/**
 * Reads an offset token: exactly `^\d{16}_\d{16}$`. A token that lies beyond every tail we could mint (a non-zero
 * first half, or a number that a double cannot hold) gives `Number.MAX_SAFE_INTEGER`; any other text gives `undefined`.
 */
export function parseOffset(text: string): number | undefined {
  if (text.length !== TOKEN_LENGTH || text.charCodeAt(HALF_LENGTH) !== UNDERSCORE) return undefined;
  const high = parseDigits(text, 0);
  const low = parseDigits(text, HALF_LENGTH + 1);
  if (high < 0 || low < 0) return undefined;
  return high > 0 || low > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : low;
}

/** Reads the `offset` query parameter: `-1`, `now` or an offset token. Any other text gives `undefined`. */
export function parseOffsetRequest(text: string): OffsetRequest | undefined {
  if (text === "-1") return START;
  if (text === "now") return NOW;
  const position = parseOffset(text);
  return position === undefined ? undefined : { kind: "at", position };
}

/** Sixteen decimal digits as a number (inexact above 2^53), or -1. */
function parseDigits(text: string, start: number): number {
  let value = 0;
  for (let index = start; index < start + HALF_LENGTH; index++) {
    const digit = text.charCodeAt(index) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
