/**
 * A header's value among raw lines (names and values in turn), whatever its letter case; several lines of one name
 * are joined by ", ". An object of all headers, as node:http can build, is rarely worth its cost.
 *
 * @param name in the spelling of `HEADER`
 */
export function rawHeader(rawHeaders: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index]!;
    if (candidate.length !== name.length) continue;
    if (candidate !== name && candidate.toLowerCase() !== name.toLowerCase()) continue;
    const line = rawHeaders[index + 1]!;
    value = value === undefined ? line : `${value}, ${line}`;
  }
  return value;
}
