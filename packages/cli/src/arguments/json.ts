/** Under the name that the official command's library gives it. */
export { isJson as isJsonContentType } from "@perennial/protocol";

/** The messages of a JSON value: the elements of an array, one level deep; anything else is one message. */
export function* flattenJsonForAppend(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) yield* value;
  else yield value;
}

/** Why a text is not JSON, with its beginning; undefined if it is. */
export function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
    return `not JSON (${(error as Error).message}): ${shown}`;
  }
}
