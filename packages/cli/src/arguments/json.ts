/** Whether a content type is JSON: its media type, up to `;`, is `application/json` in any letter case. */
export function isJsonContentType(contentType: string): boolean {
  return contentType.split(";", 1)[0]!.trim().toLowerCase() === "application/json";
}

/** The messages of a JSON value: the elements of an array, one level deep; anything else is one message. */
export function* flattenJsonForAppend(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) yield* value;
  else yield value;
}
