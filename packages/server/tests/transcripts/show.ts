/** What a client sees, in few words. */
import type { ReceivedEvent } from "../support/event-stream.ts";
import { type Answer, offset } from "../support/http.ts";

/** Headers that are shown, and the word for each; those that say `true` are shown by the word alone. */
const SHOWN: readonly (readonly [header: string, word: string])[] = [
  ["Content-Type", "type"],
  ["Stream-Next-Offset", "next"],
  ["Stream-Up-To-Date", "up-to-date"],
  ["Stream-Closed", "closed"],
  ["Stream-TTL", "ttl"],
  ["Stream-Expires-At", "expires"],
  ["Stream-Max-Bytes", "max"],
  ["Producer-Epoch", "epoch"],
  ["Producer-Seq", "seq"],
  ["Producer-Expected-Seq", "expected"],
  ["Producer-Received-Seq", "received"],
];

/** A status with what stands in the headers, and the body below. */
export function showAnswer(answer: Answer): readonly string[] {
  const { status, headers, text } = answer;
  const isProblem = headers.get("Content-Type") === "application/problem+json";
  const words = SHOWN.flatMap(([header, word]) => {
    const value = headers.get(header);
    if (value === null || (isProblem && word === "type")) return [];
    return [value === "true" ? word : `${word}=${short(value)}`];
  });
  // A HEAD has no body to say more.
  if (isProblem && text !== "") words.unshift((JSON.parse(text) as { code: string }).code);
  const first = [String(status), ...words].join(" ");
  return isProblem || text === "" ? [first] : [first, JSON.stringify(text)];
}

/** Events in a line each. Cursors differ from run to run: it is shown that there is one. */
export function showEvents(events: readonly ReceivedEvent[]): readonly string[] {
  return events.map(({ event, data }) => {
    if (event !== "control") return `${event} ${JSON.stringify(data.join("\n"))}`;
    const { streamNextOffset, streamCursor, ...rest } = JSON.parse(data[0]!) as Record<string, unknown>;
    const words = [`next=${short(String(streamNextOffset))}`];
    if (streamCursor !== undefined) words.push("cursor");
    return ["control", ...words, ...Object.keys(rest)].join(" ");
  });
}

/** The body of a request, if it has one. */
export function bodyOf(body: string | undefined): { body?: string } {
  return body === undefined ? {} : { body };
}

/** `@5` as an offset; every other word as it is. */
export function offsetIn(word: string): string {
  return word.startsWith("@") ? offset(Number(word.slice(1))) : word;
}

function short(value: string): string {
  return value.replace(/^\d{16}_(\d{16})$/, (_, position: string) => `@${Number(position)}`);
}
