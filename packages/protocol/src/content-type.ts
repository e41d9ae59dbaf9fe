/** The content type of a stream that was created without one (protocol §5). */
export const DEFAULT_CONTENT_TYPE = "application/octet-stream";

/** The longest content type we store, in characters. */
export const CONTENT_TYPE_MAX_LENGTH = 256;

const JSON_TYPE = "application/json";

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"(?:[ !#-\\[\\]-~]|\\\\[ -~])*"';
const PARAMETER = `${TOKEN}=(?:${TOKEN}|${QUOTED})`;
/** RFC 9110, 8.3.1. Each run of blanks has one place to match, so the time taken is linear. */
const CONTENT_TYPE = /* @__PURE__ */ new RegExp(
  `^${TOKEN}/${TOKEN}[ \\t]*(?:;[ \\t]*(?:${PARAMETER}[ \\t]*)?)*$`,
);

/** The media type alone: cut at `;`, trimmed, in lower case. Streams are compared by it and by nothing else. */
export function mediaType(contentType: string): string {
  const end = contentType.indexOf(";");
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/** Whether a stream of this content type is in JSON mode (protocol §11): media type `application/json`. */
export function isJson(contentType: string): boolean {
  return contentType === JSON_TYPE || mediaType(contentType) === JSON_TYPE;
}

/** Whether the media type is `text/*`, which SSE carries as it is (protocol §14.3). */
export function isText(contentType: string): boolean {
  return mediaType(contentType).startsWith("text/");
}

/** Whether SSE must carry a stream of this content type as base64: it is neither text nor JSON (protocol §14.1). */
export function sseNeedsBase64(contentType: string): boolean {
  return !isJson(contentType) && !isText(contentType);
}

/**
 * Whether the text is a usable MIME type: `type/subtype` with optional parameters (RFC 9110, 8.3.1), in printable
 * ASCII and of at most `CONTENT_TYPE_MAX_LENGTH` characters.
 */
export function isValidContentType(text: string): boolean {
  return text.length <= CONTENT_TYPE_MAX_LENGTH && CONTENT_TYPE.test(text);
}
