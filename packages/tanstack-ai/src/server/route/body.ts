import type { Rejected } from "@perennial/ai";
import { CONTENT_TYPE, mediaType } from "@perennial/protocol";

/** Why the JSON of a request cannot be had. */
export interface BodyProblem {
  readonly status: 400 | 413 | 415;
  readonly error: string;
}

/** The JSON of a request, of at most so many bytes. */
export async function jsonWithin(
  request: Request,
  bytesMax: number,
): Promise<{ readonly kind: "json"; readonly json: unknown } | Rejected<BodyProblem>> {
  // Pages of other origins may send other types without being asked whether they may.
  if (mediaType(request.headers.get(CONTENT_TYPE) ?? "") !== "application/json")
    return rejected(415, 'the content type must be "application/json"');
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += piece.byteLength;
    if (length > bytesMax) return rejected(413, `the request must have at most ${bytesMax} bytes`);
    pieces.push(piece);
  }
  try {
    return { kind: "json", json: JSON.parse(await new Blob(pieces as BlobPart[]).text()) };
  } catch {
    return rejected(400, "the body must be JSON");
  }
}

function rejected(status: BodyProblem["status"], error: string): Rejected<BodyProblem> {
  return { kind: "rejected", rejection: { status, error } };
}
