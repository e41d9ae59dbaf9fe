/** Whether what a user gave can be used at all. Messages are the official command line's. */

/** The outcome of a check; a warning may accompany a valid value. */
export interface Validation {
  readonly valid: boolean;
  readonly error?: string;
  readonly warning?: string;
}

const VALID: Validation = { valid: true };
const STREAM_ID_MAX_LENGTH = 256;
const STREAM_ID = /^[a-zA-Z0-9_\-.:/]+$/;
/** What a header may carry (RFC 9110 §5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const KNOWN_SCHEME = /^(?:bearer|basic|apikey|token) /i;

/** Checks a server's base URL. */
export function validateUrl(value: string): Validation {
  if (value.trim() === "") return invalid("URL cannot be empty");
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined) {
    // `http://` alone does not parse, but what it lacks is clear.
    if (/^https?:\/\/(?:[/?#:]|$)/i.test(value)) return invalid(`URL must include a hostname: "${value}"`);
    return invalid(`Invalid URL format: "${value}"\n  Expected format: http://host:port/path`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return invalid(`Invalid URL protocol: "${url.protocol}"\n  Supported protocols: http:, https:`);
  }
  return url.hostname === "" ? invalid(`URL must include a hostname: "${value}"`) : VALID;
}

/** Checks the value of an `Authorization` header. An unusual one is allowed, with a warning. */
export function validateAuth(value: string): Validation {
  if (value.trim() === "") return invalid("Authorization value cannot be empty");
  if (!HEADER_VALUE.test(value)) {
    return invalid("Authorization value contains a line break or another character that no header may have");
  }
  if (value.includes(" ") || KNOWN_SCHEME.test(value)) return VALID;
  const warning =
    "Warning: Authorization value doesn't match common formats.\n" +
    '  Expected formats: "Bearer <token>", "Basic <credentials>", "ApiKey <key>", "Token <token>"';
  return { valid: true, warning };
}

/** Checks a stream's id: its path below the base URL. */
export function validateStreamId(value: string): Validation {
  if (value.trim() === "") return invalid("Stream ID cannot be empty");
  if (!STREAM_ID.test(value)) {
    return invalid(
      `Invalid stream ID: "${value}"\n  Stream IDs may contain letters, numbers, underscores, hyphens, dots, colons and slashes`,
    );
  }
  if (value.length > STREAM_ID_MAX_LENGTH) {
    return invalid(
      `Stream ID too long (${value.length} chars)\n  Maximum length is ${STREAM_ID_MAX_LENGTH} characters`,
    );
  }
  // A URL would lose such segments on the way and name another stream.
  const segments = value.split("/");
  if (!segments.some((segment) => segment === "" || segment === "." || segment === "..")) return VALID;
  return invalid(
    `Invalid stream ID: "${value}"\n  Stream IDs may not begin or end with a slash or contain "//", "." or ".." segments`,
  );
}

function invalid(error: string): Validation {
  return { valid: false, error };
}
