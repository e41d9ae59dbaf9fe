/**
 * A failed scan is a negative number that holds the place and the kind of the failure, so that the scanners return
 * one plain number and allocate nothing.
 */

const KINDS = [
  "The JSON text ends too early.",
  "The JSON text has an unexpected character.",
  "The JSON text is not valid UTF-8.",
  "The JSON text has a control character inside a string.",
  "The JSON text has an invalid escape sequence.",
  "The JSON text is nested too deeply.",
] as const;

export const END_OF_TEXT = 0;
export const UNEXPECTED = 1;
export const NOT_UTF8 = 2;
export const CONTROL_CHARACTER = 3;
export const BAD_ESCAPE = 4;
export const TOO_DEEP = 5;

/** The negative number for a failure of the given kind at a byte position. */
export function failure(kind: number, position: number): number {
  return -(position * KINDS.length + kind) - 1;
}

/** What a negative number from `failure` says. */
export function explainFailure(code: number): { readonly message: string; readonly position: number } {
  const value = -(code + 1);
  const kind = value % KINDS.length;
  return { message: KINDS[kind]!, position: (value - kind) / KINDS.length };
}
