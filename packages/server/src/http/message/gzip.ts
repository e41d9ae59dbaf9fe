/** Answers in gzip, for clients that take it: made beside the event loop, few at a time. */
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";

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
export const GZIP_BYTES = 1024;

/** At once: the threads that do it are those that also write files. Whoever comes while they are busy gets the answer as it is. */
const CONCURRENT = 2;

const gzipInBackground = promisify(gzip);
let underWay = 0;

/** The body in gzip; undefined if others are being compressed. */
export async function compressed(body: Uint8Array): Promise<Uint8Array | undefined> {
  if (underWay >= CONCURRENT) return undefined;
  underWay++;
  try {
    return await gzipInBackground(body, { level: constants.Z_BEST_SPEED });
  } finally {
    underWay--;
  }
}
