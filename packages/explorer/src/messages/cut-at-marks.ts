/** Tokens cut where something in them is marked. */
import type { Span } from "../find/regex/linear-regex.ts";
import type { Token } from "./json-tokens.ts";

/** A piece of a token, all of it marked or none. */
export interface Piece extends Token {
  /** Its place in the text. */
  readonly start: number;
  readonly isMarked: boolean;
}

/** @param marks in order, none within another */
export function cutAtMarks(tokens: readonly Token[], marks: readonly Span[]): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let next = 0;
  for (const { kind, text } of tokens) {
    const end = start + text.length;
    for (let at = start; at < end; ) {
      while (next < marks.length && marks[next]!.end <= at) next++;
      const mark = marks[next];
      const isMarked = mark !== undefined && mark.start <= at;
      const until = Math.min(end, (isMarked ? mark.end : mark?.start) ?? end);
      pieces.push({ kind, text: text.slice(at - start, until - start), start: at, isMarked });
      at = until;
    }
    start = end;
  }
  return pieces;
}
