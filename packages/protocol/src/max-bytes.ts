/**
 * Reads `Stream-Max-Bytes`, the most stored bytes that a stream may hold: a whole number without sign or leading zero, 1 to
 * 2^53 - 1. Undefined when it is none. 0 is refused: some would mean "nothing" by it and others "no limit".
 */
export function parseMaxBytes(text: string): number | undefined {
  if (!/^[1-9][0-9]*$/.test(text)) return undefined;
  const bytes = Number(text);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
