/** Where else streams live than under the standard root (docs/extensions.md, "Other roots"). */
import { STREAM_ROOT } from "@perennial/protocol";

/** A path without its last slash: `/v1/streams`, or nothing for the root of the origin. */
export type StreamRoot = string;

/** How many roots a server may have besides the standard one: each request outside of it is compared with all. */
const ROOTS_MAX = 16;
/** Segments of what needs no percent-encoding, so that a root has one spelling. */
const ROOT = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/;

/**
 * Reads a list of roots.
 *
 * @param text one or several, separated by commas: `/v1/streams,/`
 * @returns those besides the standard one, longest first, as the most exact one counts; undefined if one is no root, or
 *   lies within the standard one, where it would mean two things
 */
export function parseStreamRoots(text: string): readonly StreamRoot[] | undefined {
  const roots = text.split(",").map((root) => root.trim());
  if (roots.length > ROOTS_MAX || roots.includes("")) return undefined;
  const others = roots.map((root) => root.replace(/\/$/, "")).filter((root) => root !== STREAM_ROOT);
  if (others.some((root) => !ROOT.test(root) || root.startsWith(`${STREAM_ROOT}/`))) return undefined;
  return others.sort((a, b) => b.length - a.length);
}

/** A path of a request as it is spelt under the standard root; as it is if it lies under no other. */
export function underStandardRoot(path: string, roots: readonly StreamRoot[]): string {
  if (path.startsWith(`${STREAM_ROOT}/`)) return path;
  const root = roots.find((candidate) => path.startsWith(`${candidate}/`));
  return root === undefined ? path : STREAM_ROOT + path.slice(root.length);
}
