import { ETAG } from "@perennial/protocol";
import { DurableStreamError } from "../errors/durable-stream-error.ts";

/** Tags as the protocol has them: an id of this life of the stream, start and end (protocol §16.2). */
const TAG = /^(?:W\/)?"([^":]+):[^":]+:/;

/** The id of the stream's life that a page is of; `undefined` where its tag does not say. */
export function lifeOf({ headers }: Response): string | undefined {
  return TAG.exec(headers.get(ETAG) ?? "")?.[1];
}

/** Whether two ids are of one life. An id may be a part of the other: its way of rendering follows a dot. */
export function isOneLife(a: string, b: string): boolean {
  return `${a}.`.startsWith(`${b}.`) || `${b}.`.startsWith(`${a}.`);
}

export function replacedError(): DurableStreamError {
  return new DurableStreamError("The stream was replaced while it was read", "NOT_FOUND");
}
