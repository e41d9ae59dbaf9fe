/**
 * What is known of a response from its beginning is kept in the content type of its stream, as parameters: so it lives exactly as long,
 * on any server. The media type stays `application/octet-stream`, which is kept byte for byte.
 */
import { CONTENT_TYPE_MAX_LENGTH, DEFAULT_CONTENT_TYPE, mediaType } from "@perennial/protocol";

/** What is kept. */
export interface Description {
  /** The upstream's content type. */
  readonly contentType: string;
  /** Which process fetches it; undefined if the stream tells nothing. */
  readonly instance: string | undefined;
}

/** Comes first, and what an upstream names is encoded, so that it cannot be taken for it. */
const INSTANCE = /^[^;]*; by=([0-9a-f-]{36})/;
const UPSTREAM = /; upstream="([^"]*)"/;

/** The content type that a stream is created with. */
export function describe({ contentType, instance }: Description): string {
  const by = instance === undefined ? "" : `; by=${instance}`;
  for (const kept of [contentType, mediaType(contentType)]) {
    // Also because there are clients that look for `text/event-stream` anywhere in a content type.
    const text = `${DEFAULT_CONTENT_TYPE}${by}; upstream="${encodeURIComponent(kept)}"`;
    if (text.length <= CONTENT_TYPE_MAX_LENGTH) return text;
  }
  return `${DEFAULT_CONTENT_TYPE}${by}`;
}

/** What a stream's content type tells. */
export function readDescription(stored: string | null): Description {
  const [, instance] = INSTANCE.exec(stored ?? "") ?? [];
  const [, upstream] = UPSTREAM.exec(stored ?? "") ?? [];
  return { contentType: decoded(upstream) ?? DEFAULT_CONTENT_TYPE, instance };
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
