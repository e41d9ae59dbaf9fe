/**
 * Text that outlives the request it came with. A string cut from a longer one keeps all of that in memory: a path of
 * twenty characters would hold on to the whole header block of the request that created the stream.
 */

/** Held once, however many streams have it. */
const COMMON = new Map(
  [
    "application/json",
    "application/json; charset=utf-8",
    "application/octet-stream",
    "application/x-ndjson",
    "text/plain",
    "text/plain; charset=utf-8",
  ].map((text) => [text, text]),
);

/** The same text in memory of its own. */
export function ownText(text: string): string {
  return COMMON.get(text) ?? Buffer.from(text).toString();
}
