/** Patterns over paths of streams, as subscriptions and tokens have them (protocol §18.4). */
import { parseStreamPath, STREAM_ROOT } from "./path.ts";
import { ok, type Result, reject } from "./result.ts";

/** A parsed pattern. */
export interface Glob {
  /** Literal segments in canonical form; `one` stands for any one segment, `any` for any number of them, and none. */
  readonly segments: readonly (string | typeof ONE | typeof ANY)[];
  /** Of a pattern that is a path and `**`, which nearly all are: the path. */
  readonly below: string | undefined;
}

const ONE = Symbol("*");
const ANY = Symbol("**");
const SLASH = 0x2f;

/** How many segments a pattern may have, so that matching is quick whatever it says. */
const SEGMENTS_MAX = 64;

/**
 * Reads a pattern: `*` is one segment, `**` any number of them, all else is a literal; so is `%2A`, an asterisk. Slashes at both
 * ends do not count.
 *
 * @returns the pattern, or what is wrong with it
 */
export function parseGlob(text: string): Result<Glob, string> {
  const raw = text.replace(/^\/+|\/+$/g, "").split("/");
  if (raw.length > SEGMENTS_MAX) return reject(`has more than ${SEGMENTS_MAX} segments`);
  const segments: Glob["segments"][number][] = [];
  for (const segment of raw) {
    if (segment === "*") segments.push(ONE);
    else if (segment !== "**") {
      // A segment is what it would be in a path, wherever it stands there.
      const path = parseStreamPath(`${STREAM_ROOT}/-/${segment}`);
      if (path.kind === "rejected") return reject(`is no pattern: ${path.rejection.message}`);
      segments.push(path.value.slice(STREAM_ROOT.length + 3));
    } else if (segments.at(-1) !== ANY) segments.push(ANY);
  }
  return ok({ segments, below: belowOf(segments) });
}

function belowOf(segments: Glob["segments"]): string | undefined {
  const names = segments.slice(0, -1).filter((segment) => typeof segment === "string");
  const isPlain = segments.at(-1) === ANY && names.length === segments.length - 1;
  return isPlain ? names.join("/") : undefined;
}

/**
 * Whether a pattern matches a path.
 *
 * @param path canonical, relative to the root that the pattern is relative to: `events/a`
 */
export function matchesGlob({ segments, below }: Glob, path: string): boolean {
  if (below !== undefined) return isBelow(below, path);
  const names = path.split("/");
  let at = 0;
  let name = 0;
  /** Where to go on when what follows the last `**` does not fit: it then takes one segment more. */
  let retryAt = -1;
  let retryName = 0;
  while (name < names.length) {
    const segment = segments[at];
    if (segment === ANY) {
      at += 1;
      retryAt = at;
      retryName = name;
    } else if (segment === ONE || segment === names[name]) {
      at += 1;
      name += 1;
    } else if (retryAt >= 0) {
      retryName += 1;
      name = retryName;
      at = retryAt;
    } else return false;
  }
  return at === segments.length || (at === segments.length - 1 && segments[at] === ANY);
}

function isBelow(above: string, path: string): boolean {
  if (above === "" || path === above) return true;
  return path.charCodeAt(above.length) === SLASH && path.startsWith(above);
}

/** Whether a pattern matches every path below another one: below `a` are `a/b` and `a/b/c`, and below nothing is everything. */
export function coversBelow({ segments }: Glob, prefix: string): boolean {
  if (segments.at(-1) !== ANY) return false;
  const above = { segments: segments.slice(0, -1), below: undefined };
  if (above.segments.length === 0) return true;
  const names = prefix.split("/");
  return names.some((_, index) => matchesGlob(above, names.slice(0, index + 1).join("/")));
}
