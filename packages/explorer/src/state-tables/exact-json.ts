/**
 * JSON whose numbers keep the digits that were sent. JavaScript's own are rounded (9007199254740993 becomes …992) and written
 * anew (1.0 becomes 1), so whoever looks at data would see what nobody sent.
 */

/** A number that JavaScript would show with other digits. */
export class SentNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Marked, so that `jsonText` finds it. */
  toJSON(): string {
    return MARK + this.text;
  }
}

/** Begins no text that anybody sends. No secret; pages that are neither secure nor local have no `randomUUID`. */
const MARK = `number-${Math.random().toString(36).slice(2)}:`;

/** A string, or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
const MARKED = new RegExp(`"${MARK}([^"]+)"`, "g");

/** Whether the value is an object with members, which a number is not. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof SentNumber)
  );
}

/** Parses as `JSON.parse`, but for numbers that would change: these are `SentNumber`s. */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const marked = text.replace(TOKEN, (token) => (isKept(token) ? token : JSON.stringify(MARK + token)));
  if (marked === text) return value;
  return JSON.parse(marked, (_, member: unknown) =>
    typeof member === "string" && member.startsWith(MARK)
      ? new SentNumber(member.slice(MARK.length))
      : member,
  );
}

function isKept(token: string): boolean {
  return token[0] === '"' || String(Number(token)) === token;
}

/** A value as JSON text, with the digits as they were sent. */
export function jsonText(value: unknown): string {
  return (JSON.stringify(value) ?? "").replace(MARKED, "$1");
}
