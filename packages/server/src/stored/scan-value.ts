import {
  BAD_ESCAPE,
  CONTROL_CHARACTER,
  END_OF_TEXT,
  failure,
  NOT_UTF8,
  PAUSED,
  TOO_DEEP,
  UNEXPECTED,
} from "./failure.ts";
import { skipMultiByteCharacter } from "./utf8.ts";

/** The deepest nesting of arrays and objects in one message. */
export const JSON_MAX_DEPTH = 512;

const BLANK = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const DIGIT_ZERO = 0x30;
const LETTER_E = 0x65;
const LETTER_U = 0x75;
const LOWER_CASE = 0x20;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** In ASCII both closing brackets lie two after their opening ones. */
const OPEN_TO_CLOSE = 2;

/** What a string holds as it is: ASCII but for control characters, the quotation mark and the backslash. */
const PLAIN = byteSet((byte) => byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH);
const WHITE_SPACE = byteSet((byte) => " \t\n\r".includes(String.fromCharCode(byte)));
const DIGIT = byteSet((byte) => byte >= DIGIT_ZERO && byte <= 0x39);
const HEX = byteSet((byte) => /[0-9A-Fa-f]/.test(String.fromCharCode(byte)));
const SHORT_ESCAPE = byteSet((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)));
/** The literals by their first letters. */
const LITERALS: Readonly<Record<number, Uint8Array>> = Object.fromEntries(
  ["true", "false", "null"].map((word) => [word.charCodeAt(0), new TextEncoder().encode(word)]),
);

/** The closing brackets that a scan waits for, outermost first, but for the next one. What never pauses can share one stack. */
const sharedClosers = new Uint8Array(JSON_MAX_DEPTH);

/** Lets a scan stop and go on later, so that a long value need not be scanned in one go. */
export class ScanPause {
  /** The scan stops at the first opportunity from this index on. */
  until = 0;
  /** Whether the scan has stopped: the next one goes on from `index`. */
  isTaken = false;
  index = 0;
  depth = 0;
  closer = 0;
  isName = false;
  isInString = false;
  readonly closers = new Uint8Array(JSON_MAX_DEPTH);

  take(index: number, depth: number, closer: number, isName: boolean, isInString: boolean): number {
    this.isTaken = true;
    this.index = index;
    this.depth = depth;
    this.closer = closer;
    this.isName = isName;
    this.isInString = isInString;
    return PAUSED;
  }
}

/** Where every value begins. */
const BEGINNING = new ScanPause();

/**
 * Checks one JSON value (RFC 8259, in UTF-8) that starts at `start`, in one pass and without recursion. White space is
 * looked for only where nothing else fits: most texts have none.
 *
 * @param pause lets it stop between the parts of the value, or within a string; then the next call goes on
 * @returns the index after the value, a negative number from `failure`, or `PAUSED`
 */
export function scanValue(bytes: Uint8Array, start: number, pause?: ScanPause): number {
  const until = pause === undefined ? bytes.length + 1 : pause.until;
  const closers = pause === undefined ? sharedClosers : pause.closers;
  const begin = pause?.isTaken ? resumed(pause) : BEGINNING;
  let { depth, closer, isName, isInString } = begin;
  let index = begin === BEGINNING ? start : begin.index;
  for (;;) {
    if (index >= until) return pause!.take(index, depth, closer, isName, isInString);
    const first = isInString ? QUOTE : byteAt(bytes, index);
    if (first === QUOTE) {
      index = scanString(bytes, isInString ? index : index + 1, until);
      if (index === PAUSED) return pause!.take(stringIndex, depth, closer, isName, true);
      isInString = false;
      if (isName && index >= 0) index = skipColon(bytes, index);
      if (index < 0) return index;
      if (isName) {
        isName = false;
        continue;
      }
    } else if (WHITE_SPACE[first] === 1) {
      index = skipBlank(bytes, index);
      continue;
    } else if (isName) {
      return unexpected(bytes, index);
    } else if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      if (depth === JSON_MAX_DEPTH) return failure(TOO_DEEP, index);
      closers[depth++] = closer;
      closer = first + OPEN_TO_CLOSE;
      if (byteAt(bytes, ++index) <= BLANK) index = skipBlank(bytes, index);
      if (byteAt(bytes, index) !== closer) {
        isName = first === OPEN_OBJECT;
        continue;
      }
    } else {
      index = DIGIT[first] === 1 || first === MINUS ? scanNumber(bytes, index) : scanLiteral(bytes, index);
    }
    for (;;) {
      if (depth === 0 || index < 0) return index;
      const next = byteAt(bytes, index);
      if (next === COMMA) break;
      if (next === closer) {
        closer = closers[--depth]!;
        index++;
      } else if (WHITE_SPACE[next] === 1) index = skipBlank(bytes, index);
      else return unexpected(bytes, index);
    }
    index++;
    isName = closer === CLOSE_OBJECT;
  }
}

/** The index after the colon that follows a name. */
function skipColon(bytes: Uint8Array, start: number): number {
  const index = byteAt(bytes, start) === COLON ? start : skipBlank(bytes, start);
  return byteAt(bytes, index) === COLON ? index + 1 : unexpected(bytes, index);
}

/** The byte at `index`, or -1 after the end: an index out of bounds would make the engine give up its fast path. */
export function byteAt(bytes: Uint8Array, index: number): number {
  return index < bytes.length ? bytes[index]! : -1;
}

/**
 * The index of the first byte at or after `start` that is not JSON white space. Most texts have none: where it
 * matters, callers look at the byte first, which saves the call.
 */
export function skipBlank(bytes: Uint8Array, start: number): number {
  let index = start;
  while (index < bytes.length && WHITE_SPACE[bytes[index]!] === 1) index++;
  return index;
}

/** The failure of a byte that cannot stand at `index`, or of a text that ends there. */
export function unexpected(bytes: Uint8Array, index: number): number {
  return failure(index < bytes.length ? UNEXPECTED : END_OF_TEXT, index);
}

function scanLiteral(bytes: Uint8Array, start: number): number {
  const literal = LITERALS[byteAt(bytes, start)];
  if (literal === undefined) return unexpected(bytes, start);
  for (let index = 0; index < literal.length; index++) {
    if (byteAt(bytes, start + index) !== literal[index]) return unexpected(bytes, start + index);
  }
  return start + literal.length;
}

function resumed(pause: ScanPause): ScanPause {
  pause.isTaken = false;
  return pause;
}

/** Where the last string stopped for a pause. */
let stringIndex = 0;

/** A string whose first character (or closing quotation mark) is at `start`; `PAUSED` when it reaches `until`. */
function scanString(bytes: Uint8Array, start: number, until: number): number {
  const end = Math.min(until, bytes.length);
  let index = start;
  for (;;) {
    index = skipPlain(bytes, index, end);
    if (index >= until) {
      stringIndex = index;
      return PAUSED;
    }
    const next = byteAt(bytes, index);
    if (next === QUOTE) return index + 1;
    if (next === BACKSLASH && SHORT_ESCAPE[byteAt(bytes, index + 1)] === 1) {
      index += 2;
    } else {
      index = scanSpecialCharacter(bytes, index);
      if (index < 0) return index;
    }
  }
}

/** The index of the first byte in `[start, length)` that is not plain. Four at a time takes half as long. */
function skipPlain(bytes: Uint8Array, start: number, length: number): number {
  let index = start;
  for (; index + 3 < length; index += 4) {
    if (PLAIN[bytes[index]!] === 0) return index;
    if (PLAIN[bytes[index + 1]!] === 0) return index + 1;
    if (PLAIN[bytes[index + 2]!] === 0) return index + 2;
    if (PLAIN[bytes[index + 3]!] === 0) return index + 3;
  }
  while (index < length && PLAIN[bytes[index]!] === 1) index++;
  return index;
}

/** An escape sequence of several characters, or a character outside ASCII. */
function scanSpecialCharacter(bytes: Uint8Array, index: number): number {
  const byte = byteAt(bytes, index);
  if (byte < 0) return failure(END_OF_TEXT, index);
  if (byte === BACKSLASH) return scanEscape(bytes, index);
  if (byte < 0x80) return failure(CONTROL_CHARACTER, index);
  const next = skipMultiByteCharacter(bytes, index);
  return next < 0 ? failure(NOT_UTF8, index) : next;
}

function scanEscape(bytes: Uint8Array, backslash: number): number {
  const kind = byteAt(bytes, backslash + 1);
  if (kind < 0) return failure(END_OF_TEXT, backslash + 1);
  if (kind !== LETTER_U) return failure(BAD_ESCAPE, backslash);
  for (let index = backslash + 2; index < backslash + 6; index++) {
    const byte = byteAt(bytes, index);
    if (byte < 0) return failure(END_OF_TEXT, index);
    if (HEX[byte] !== 1) return failure(BAD_ESCAPE, backslash);
  }
  return backslash + 6;
}

function scanNumber(bytes: Uint8Array, start: number): number {
  let index = bytes[start] === MINUS ? start + 1 : start;
  index = byteAt(bytes, index) === DIGIT_ZERO ? index + 1 : scanDigits(bytes, index);
  if (index < 0) return index;
  const next = byteAt(bytes, index);
  return next === POINT || (next | LOWER_CASE) === LETTER_E ? scanFraction(bytes, index) : index;
}

/** A fraction, an exponent, or both. */
function scanFraction(bytes: Uint8Array, start: number): number {
  const index = bytes[start] === POINT ? scanDigits(bytes, start + 1) : start;
  if (index < 0 || (byteAt(bytes, index) | LOWER_CASE) !== LETTER_E) return index;
  const sign = byteAt(bytes, index + 1);
  return scanDigits(bytes, sign === PLUS || sign === MINUS ? index + 2 : index + 1);
}

/** One digit or more. */
function scanDigits(bytes: Uint8Array, start: number): number {
  let index = start;
  while (index < bytes.length && DIGIT[bytes[index]!] === 1) index++;
  return index === start ? unexpected(bytes, start) : index;
}

function byteSet(includes: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (includes(byte) ? 1 : 0));
}
