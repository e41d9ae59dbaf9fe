/** The base URL without slashes at its end. */
export function normalizeBaseUrl(url: string): string {
  let end = url.length;
  while (end > 0 && url[end - 1] === "/") end -= 1;
  return url.slice(0, end);
}

/** The URL of a stream: the base and the id, joined by a slash. Nothing is inserted between them. */
export function buildStreamUrl(base: string, id: string): string {
  return `${base}/${id}`;
}
