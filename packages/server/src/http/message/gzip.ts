/** Answers in gzip, for clients that take it: made beside the event loop, few at a time. */
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { HTTP_HEADER } from "@perennial/protocol";

/** Whether the client takes gzip (RFC 9110, 12.5.3): named, and not with a weight of zero. */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined) return false;
  return header.split(",").some((part) => /^\s*(?:x-)?gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)|$)/i.test(part));
}

/** The validator of the compressed form: the two forms of an answer need their own (RFC 9110, 8.8.3.3). */
export function gzipTag(etag: string): string {
  return etag.replace(/"$/, '-gzip"');
}

/** Shorter bodies gain nothing: they go in one packet either way. */
const GZIP_BYTES = 1024;

/** At once: the threads that do it are those that also write files. Whoever comes while they are busy gets the answer as it is. */
const CONCURRENT = 2;

/** A body as it is sent, and what headers say of that. */
export interface SentBody {
  readonly body: Uint8Array;
  readonly isGzip: boolean;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

const VARY = [HTTP_HEADER.vary, HTTP_HEADER.acceptEncoding];

/** The body in gzip if the client takes that and it is worth it, as it is otherwise. */
export async function sentBody(accepts: string | undefined, body: Uint8Array): Promise<SentBody> {
  const gzip = isWorthGzip(accepts, body) ? await compressed(body) : undefined;
  if (gzip === undefined) return { body, isGzip: false, headers: VARY };
  return { body: gzip, isGzip: true, headers: [...VARY, HTTP_HEADER.contentEncoding, "gzip"] };
}

/** @param accepts the request's `Accept-Encoding` */
export function isWorthGzip(accepts: string | undefined, body: Uint8Array): boolean {
  return body.length >= GZIP_BYTES && acceptsGzip(accepts);
}

const gzipInBackground = promisify(gzip);
let underWay = 0;

/** The body in gzip; undefined if others are being compressed. */
async function compressed(body: Uint8Array): Promise<Uint8Array | undefined> {
  if (underWay >= CONCURRENT) return undefined;
  underWay++;
  try {
    return await gzipInBackground(body, { level: constants.Z_BEST_SPEED });
  } finally {
    underWay--;
  }
}
