/** Paths of streams as people read them. */

/** What one sees, and tells from everything else. What is invisible, or turns the direction of a text, is not of it. */
const VISIBLE = /[\p{L}\p{N}\p{M}\p{P}\p{S}]/u;

/**
 * A path with its percent-encoding resolved where that is plain to see. Two paths are never shown alike.
 *
 * @param path canonical, or a part of such a path that ends at segments
 */
export function readablePath(path: string): string {
  return path.includes("%") ? path.split("/").map(readableSegment).join("/") : path;
}

function readableSegment(segment: string): string {
  const characters = [...decodeURIComponent(segment)];
  return characters
    .map((character, at) => (isPlain(characters, at) ? character : encodeURIComponent(character)))
    .join("");
}

/** Whether a character can be shown as itself. */
function isPlain(characters: readonly string[], at: number): boolean {
  const character = characters[at]!;
  const [before, next = "", afterNext = ""] = [characters[at - 1], characters[at + 1], characters[at + 2]];
  // A slash of a name is no border of folders.
  if (character === "/") return false;
  // It would read as the beginning of something encoded.
  if (character === "%") return !/^[0-9A-Fa-f]{2}$/.test(next + afterNext);
  // Blanks at an end are not seen, and several in a row look like one.
  if (character === " ") return before !== undefined && before !== " " && next !== "" && next !== " ";
  return VISIBLE.test(character);
}
