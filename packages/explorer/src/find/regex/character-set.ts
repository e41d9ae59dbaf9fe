/** Which characters one place of an expression takes. */

/** Whether a code point is taken. */
export type Takes = (character: number) => boolean;

const ASCII = 128;

export const isDigit: Takes = (character) => character >= 0x30 && character <= 0x39;

export const isWord: Takes = (character) =>
  isDigit(character) ||
  character === 0x5f ||
  (character >= 0x41 && character <= 0x5a) ||
  (character >= 0x61 && character <= 0x7a);

export const isSpace: Takes = (character) => /\s/.test(String.fromCodePoint(character));

export const isLineBreak: Takes = (character) =>
  character === 0x0a || character === 0x0d || character === 0x2028 || character === 0x2029;

export const not =
  (takes: Takes): Takes =>
  (character) =>
    !takes(character);

/** The same in any letter case. */
export function inAnyCase(takes: Takes): Takes {
  return (character) => {
    if (takes(character)) return true;
    const text = String.fromCodePoint(character);
    return takes(text.toLowerCase().codePointAt(0)!) || takes(text.toUpperCase().codePointAt(0)!);
  };
}

/** The same, by a table for the characters that are met most. */
export function tabled(takes: Takes): Takes {
  const table = Array.from({ length: ASCII }, (_, character) => takes(character));
  return (character) => (character < ASCII ? table[character]! : takes(character));
}
