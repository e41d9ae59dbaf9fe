/** Streams that browsers can show: pictures, sounds and films. */
import { stream } from "@perennial/client";

/** Bytes that are shown at most: they are all in memory at once. */
export const MEDIA_BYTES = 32 * 1024 * 1024;

/** `image`, `audio` or `video`; undefined for anything else. */
export function mediaType(contentType: string): string | undefined {
  return /^(image|audio|video)\/[\w.+-]+(?:;|\s|$)/i.exec(contentType)?.[1]?.toLowerCase();
}

/** The first bytes of a stream. Rejects when the server refuses. */
export async function readMedia(
  url: string,
  contentType: string,
  length: number,
  signal: AbortSignal,
): Promise<Blob> {
  const response = await stream({ url, live: false, signal, warnOnHttp: false });
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let room = length;
  for await (const piece of response.bodyStream()) {
    pieces.push(new Uint8Array(piece.subarray(0, room)));
    room -= piece.length;
    if (room <= 0) break;
  }
  response.cancel();
  return new Blob(pieces, { type: contentType });
}
