/** Where things are on the server that served this page. */
import { CONTROL_SEGMENT, parseStreamPath, STREAM_ROOT } from "@perennial/protocol";

/**
 * A path in the one spelling that the server and everything on this page use: percent-encoded, relative to the stream root,
 * such as `chat/1` or `a%3Fb`.
 *
 * @param raw as somebody wrote it into an address
 * @returns undefined if it names no stream
 */
export function canonicalPath(raw: string): string | undefined {
  const path = parseStreamPath(`${STREAM_ROOT}/${raw}`, Number.MAX_SAFE_INTEGER);
  return path.kind === "ok" ? path.value.slice(STREAM_ROOT.length + 1) : undefined;
}

/** Any text as one segment of a path, percent-encoded; undefined if no segment can be called so. */
export function segmentOf(text: string): string | undefined {
  return canonicalPath(encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")));
}

/**
 * The absolute address of a stream. Throws for a path that is not canonical: it would be the address of another stream.
 *
 * @param path canonical and percent-encoded, relative to the stream root, such as `chat/1`
 */
export function streamUrl(path: string): string {
  if (canonicalPath(path) !== path) throw new Error(`${path} is not the path of a stream`);
  return `${location.origin}${STREAM_ROOT}/${path}`;
}

/** A stream's path from the origin's root, as forks name their source. */
export function rootPath(path: string): string {
  return `${STREAM_ROOT}/${path}`;
}

/** The absolute address of one of our server's extensions (docs/extensions.md). */
export function extensionUrl(name: string, query: Readonly<Record<string, string | number>>): string {
  const url = new URL(`${location.origin}${STREAM_ROOT}/${CONTROL_SEGMENT}/${name}`);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
  return url.href;
}
