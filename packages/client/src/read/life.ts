import { ETAG } from "@perennial/protocol";

/**
 * Tags as the protocol has them: an id of this life of the stream, start and end (protocol §16.2). Our server renders
 * state streams in two ways, and says so behind the id (docs/extensions.md).
 */
const TAG = /^(?:W\/)?"([^":]+?)(?:\.offsets)?:[^":]+:/;

/** The id of the stream's life that a page is of; `undefined` where its tag does not say. */
export function lifeOf({ headers }: Response): string | undefined {
  return TAG.exec(headers.get(ETAG) ?? "")?.[1];
}
