/** Where things are on the server that served this page. */
import { CONTROL_SEGMENT, STREAM_ROOT } from "@perennial/protocol";

/**
 * The absolute address of a stream.
 *
 * @param path canonical and percent-encoded, relative to the stream root, such as `chat/1`
 */
export function streamUrl(path: string): string {
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

/** A path as people read it: percent-encoding resolved where that gives text. */
export function readablePath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
