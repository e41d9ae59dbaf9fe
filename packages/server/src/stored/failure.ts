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
  "A message of the JSON text is too long.",
] as const;

export const END_OF_TEXT = 0;
export const UNEXPECTED = 1;
export const NOT_UTF8 = 2;
export const CONTROL_CHARACTER = 3;
export const BAD_ESCAPE = 4;
export const TOO_DEEP = 5;
export const TOO_LONG = 6;

/** What a scan returns when it stops for a pause; no failure is this number. */
export const PAUSED = -1;

/** The negative number for a failure of the given kind at a byte position. */
export function failure(kind: number, position: number): number {
  return PAUSED - 1 - (position * KINDS.length + kind);
}

/** Why and where a scan failed. */
export interface FailedScan {
  /** One sentence for people. */
  readonly message: string;
  /** The byte at which the text stops being acceptable. */
  readonly position: number;
  /** Set when it may well be JSON, but a message of it is longer than allowed. */
  readonly isTooLong?: true;
}

/** What a negative number from `failure` says. */
export function explainFailure(code: number): FailedScan {
  const value = PAUSED - 1 - code;
  const kind = value % KINDS.length;
  const failed = { message: KINDS[kind]!, position: (value - kind) / KINDS.length };
  return kind === TOO_LONG ? { ...failed, isTooLong: true } : failed;
}
