import { ok, type Rejected, type Result, reject } from "./result.ts";

/** The path under which all streams live (protocol §2). */
export const STREAM_ROOT = "/v1/stream";

/** The first segment below the stream root that belongs to the control API and never to a stream. */
export const CONTROL_SEGMENT = "__ds";

/** The longest stream path we accept by default, in characters of its canonical form. */
export const PATH_MAX_LENGTH = 1024;

/** Why a path names no stream. */
export interface PathProblem {
  /**
   * - `not_stream`: not below the stream root
   * - `control`: belongs to the control API
   * - `empty_name`: no name, or an empty segment (`//`, a slash at the end)
   * - `dot_segment`: a segment is `.` or `..`
   * - `bad_encoding`: a broken percent-encoding, or one that is not UTF-8
   * - `nul`: contains NUL
   * - `too_long`: longer than the limit
   * - `invalid`: contains a character that no path may contain
   */
  readonly code:
    | "not_stream"
    | "control"
    | "empty_name"
    | "dot_segment"
    | "bad_encoding"
    | "nul"
    | "too_long"
    | "invalid";
  /** One sentence for people. */
  readonly message: string;
}

/** A canonical path, or what is wrong with the one given. */
type ParsedPath = Result<string, PathProblem>;

const NAME_START = STREAM_ROOT.length + 1;
/** Paths that are their own canonical form. Segments that start with a dot take the long way. */
const PLAIN = /^\/v1\/stream(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/;
const CONTROL_PREFIX = `${STREAM_ROOT}/${CONTROL_SEGMENT}`;
/** Blanks, control characters and what is not ASCII never stand in a path; `\`, `?` and `#` would end or alter it. */
const FORBIDDEN = /[^\x21-\x7e]|[\\?#]/;
const CONTROL_CHARACTER = /\p{Cc}/u;
/** What `encodeURIComponent` encodes although a path segment may carry it as it is (RFC 3986, 3.3). */
const ENCODED_PCHAR = /%(?:24|26|2B|2C|3A|3B|3D|40)/g;

/**
 * Reads the path of a URL (as sent, without the query) as the canonical path of a stream, so that two spellings of
 * one name are one stream: what a segment may carry as it is (letters, digits and `-._~!$&'()*+,;=:@`) stands as it
 * is, and all else is percent-encoded UTF-8 in upper case. An encoded slash is part of a name, not a separator.
 *
 * @param maxLength the longest canonical path accepted, in characters
 */
export function parseStreamPath(raw: string, maxLength = PATH_MAX_LENGTH): ParsedPath {
  if (PLAIN.test(raw)) {
    if (isControl(raw)) return CONTROL;
    return raw.length <= maxLength ? ok(raw) : tooLong(maxLength);
  }
  if (!raw.startsWith(STREAM_ROOT)) return NOT_STREAM;
  if (raw.length === STREAM_ROOT.length) return EMPTY_NAME;
  if (raw[STREAM_ROOT.length] !== "/") return NOT_STREAM;
  // Encoding makes a name at most three times as long, so nothing longer can have a canonical form within the limit.
  if (raw.length > 3 * maxLength) return tooLong(maxLength);
  const path = canonicalise(raw.slice(NAME_START));
  return path.kind === "rejected" || path.value.length <= maxLength ? path : tooLong(maxLength);
}

function canonicalise(name: string): ParsedPath {
  let path = STREAM_ROOT;
  for (const rawSegment of name.split("/")) {
    const segment = decodeSegment(rawSegment);
    if (segment.kind === "rejected") return segment;
    if (path === STREAM_ROOT && segment.value === CONTROL_SEGMENT) return CONTROL;
    path += `/${encodeURIComponent(segment.value).replace(ENCODED_PCHAR, decodeURIComponent)}`;
  }
  return ok(path);
}

function decodeSegment(raw: string): ParsedPath {
  if (raw === "") return EMPTY_NAME;
  if (FORBIDDEN.test(raw))
    return problem("invalid", "The path contains a character that must be percent-encoded.");
  const segment = percentDecode(raw);
  if (segment === undefined) return problem("bad_encoding", "The path is not percent-encoded UTF-8.");
  if (segment === "." || segment === "..") return problem("dot_segment", "The path contains a dot segment.");
  if (segment.includes("\0")) return problem("nul", "The path contains NUL.");
  if (CONTROL_CHARACTER.test(segment)) return problem("invalid", "The path contains a control character.");
  return ok(segment);
}

function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isControl(plain: string): boolean {
  if (!plain.startsWith(CONTROL_PREFIX)) return false;
  return plain.length === CONTROL_PREFIX.length || plain[CONTROL_PREFIX.length] === "/";
}

function problem(code: PathProblem["code"], message: string): Rejected<PathProblem> {
  return reject({ code, message });
}

function tooLong(maxLength: number): Rejected<PathProblem> {
  return problem("too_long", `The path is longer than ${maxLength} characters.`);
}

const NOT_STREAM = problem("not_stream", `Streams live under ${STREAM_ROOT}/.`);
const EMPTY_NAME = problem("empty_name", "The name of the stream, or a segment of it, is empty.");
const CONTROL = problem("control", "This path belongs to the control API.");
